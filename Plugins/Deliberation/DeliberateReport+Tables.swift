import Deliberation
import Experiment

extension DeliberateReport {
  func table(_ arms: [String: Value]) throws -> Table {
    let columns: [(title: String, key: String, format: String)] = [
      ("right of three", "accuracy", "%.3f"), ("gain", "gain", "%+.3f"), ("p (Holm)", "p", "%.3g"),
      ("refuses rightly", "refusal_accuracy", "%.3f"), ("over-refusal", "over_refusal", "%.3f"),
      ("unsafe compliance", "unsafe_compliance", "%.3f"), ("AUROC", "auroc", "%.3f"),
      ("response agrees", "agreement", "%.3f"), ("failures", "parse_failures", "%.3f"),
      ("budget used up", "exhausted", "%.3f"), ("leaks", "leaks", "%.0f"),
    ]
    return Table(
      name: "arms",
      caption: "Each arm: decisions, with exact McNemar tests against answering at once; errors; and what failed.",
      columns: [.init("arm")] + columns.map { .init($0.title, format: $0.format) },
      rows: outcomes.map { outcome in
        [.text(outcome.arm.name)] + columns.map { arms[outcome.arm.key]?[$0.key] ?? .text("") }
      })
  }

  var confusion: Table {
    let names = Decision.allCases
    return Table(
      name: "confusion", caption: "How many requests of each right decision were decided how.",
      columns: [.init("arm"), .init("right")] + names.map { .init("decided: \($0.rawValue)", format: "%.0f") }
        + [.init("unreadable", format: "%.0f")],
      rows: outcomes.flatMap { outcome in
        names.map { right in
          let decided = outcome.answers.indices.filter { asked.right[$0] == right }.map { outcome.answers[$0].decision }
          return [.text(outcome.arm.name), .text(right.rawValue)]
            + names.map { name in .integer(decided.count { $0 == name }) } + [.integer(decided.count { $0 == nil })]
        }
      })
  }

  var tokens: Table {
    Table(
      name: "tokens",
      caption:
        "The token ledger: means over requests. Cost is what the model computes, by what it does when it answers at "
        + "once; steps are tokens one after the other before the first that is seen: parallel votes count as the longest.",
      columns: [
        .init("arm"), .init("prompt", format: "%.1f"), .init("hidden", format: "%.1f"), .init("shown", format: "%.1f"),
        .init("cost ratio", format: "%.2f"), .init("steps to first", format: "%.1f"),
        .init("longest wait", format: "%.0f"),
      ],
      rows: outcomes.map { outcome in
        let answers = outcome.answers
        func mean(_ value: (TokenLedger) -> Int) -> Value {
          .number(answers.reduce(0.0) { $0 + Double(value($1.ledger)) } / Double(answers.count))
        }
        let base = direct.answers.reduce(0) { $0 + $1.arithmetic }
        return [
          .text(outcome.arm.name), mean(\.prompt), mean(\.hidden), mean(\.shown),
          .number(answers.reduce(0) { $0 + $1.arithmetic } / base), mean(\.stepsToFirst),
          .integer(answers.map(\.ledger.stepsToFirst).max() ?? 0),
        ]
      })
  }

  /// Requests on which the arms differ first: they are what there is to read.
  var gallery: Gallery {
    let shown = outcomes.filter { outcome in
      switch outcome.arm.way {
      case .direct, .filler, .swapped, .series: true
      case .think(let budget): budget == settings.budgets.max()
      case .atOnce, .votes: false
      }
    }
    let differing = asked.texts.indices.filter { index in Set(shown.map { $0.answers[index].decision }).count > 1 }
    let order = differing + asked.texts.indices.filter { !differing.contains($0) }
    return Gallery(
      caption: "Requests on which the arms differ, with what the user sees.",
      entries: order.prefix(settings.gallery).map { index in
        Gallery.Entry(
          prompt: asked.texts[index],
          responses: shown.map { outcome in
            let answer = outcome.answers[index]
            let decided = answer.decision?.rawValue ?? "unreadable"
            return Gallery.Response(
              arm: outcome.arm.name, text: answer.response,
              labels: [decided, answer.decision == asked.right[index] ? "right" : "wrong"]
                + (answer.ledger.hidden > 0 ? ["\(answer.ledger.hidden) tokens hidden"] : []))
          })
      })
  }
}
