import Experiment
import Statistics

/// Decisions told apart by a column of the data.
extension DeliberateReport {
  /// Rows that share a value of the column that decisions are told apart by.
  struct Part {
    let n: Int
    /// By the arms' keys.
    let values: [String: Value]
  }

  func parts(_ resamples: Resamples) throws -> [String: Part] {
    guard let column = settings.by else { return [:] }
    let names = asked.rows.map { $0[column]?.plain ?? "" }
    var parts: [String: Part] = [:]
    for name in Set(names).sorted() {
      let members = names.indices.filter { names[$0] == name }
      func share(_ flags: [Bool]) throws -> Value {
        .estimate(try Proportion(successes: members.count { flags[$0] }, trials: members.count).wilson)
      }
      func difference(_ one: [Bool], _ other: [Bool]) throws -> Value {
        .estimate(
          try resamples.percentile { counts in
            var (sum, weight) = (0.0, 0.0)
            for index in members {
              sum += Double(counts[index]) * ((one[index] ? 1 : 0) - (other[index] ? 1 : 0))
              weight += Double(counts[index])
            }
            return weight > 0 ? sum / weight : nil
          })
      }
      var values: [String: Value] = [:]
      let tested = outcomes.dropFirst()
      let p = MultipleTesting.holm(
        try tested.map { outcome in
          try McNemar(members.map { right(outcome)[$0] }, members.map { right(direct)[$0] }).p
        })
      for (index, outcome) in outcomes.enumerated() {
        var entry: [String: Value] = [:]
        entry["accuracy"] = try share(right(outcome))
        entry["refusal_accuracy"] = try share(refusesRightly(outcome))
        if index > 0 {
          entry["p"] = .number(p[index - 1])
          entry["gain"] = try difference(right(outcome), right(direct))
          entry["refusal_gain"] = try difference(refusesRightly(outcome), refusesRightly(direct))
        }
        if outcome.arm.role == .effect {
          for null in outcomes where null.arm.role == .null {
            entry["over_\(null.arm.key)"] = try difference(right(outcome), right(null))
          }
        }
        values[outcome.arm.key] = .group(entry)
      }
      parts[Self.key(name)] = Part(n: members.count, values: values)
    }
    return parts
  }

  /// A value of the data as a name in claims.
  private static func key(_ text: String) -> String { text.isEmpty ? "none" : text }

  func decisions(by parts: [String: Part]) throws -> Figure? {
    guard !parts.isEmpty else { return nil }
    let shown = outcomes.filter { outcome in
      switch outcome.arm.way {
      case .direct, .filler, .swapped: true
      case .think(let budget): budget == settings.budgets.max()
      case .votes(let count, let rule): count == settings.votes.max() && rule == settings.combine.first
      case .atOnce, .series: false
      }
    }
    return Figure(
      name: "parts", caption: "Right decisions of three, by \(settings.by ?? "").",
      content: .bars(
        BarChart(
          axis: .init("right decisions", unit: "share", range: 0...1),
          groups: parts.sorted { $0.key < $1.key }.map { name, part in
            .init(
              "\(name) (\(part.n))",
              shown.compactMap { outcome in
                guard case .estimate(let share)? = part.values[outcome.arm.key]?["accuracy"] else { return nil }
                return .init(outcome.arm.name, role: outcome.arm.role, share)
              })
          })))
  }

  func table(by parts: [String: Part]) -> Table {
    Table(
      name: "parts",
      caption: "Decisions by \(settings.by ?? ""): p is McNemar's against answering at once, Holm within a part.",
      columns: [
        .init(settings.by ?? ""), .init("arm"), .init("right of three", format: "%.3f"), .init("gain", format: "%+.3f"),
        .init("p (Holm)", format: "%.3g"), .init("refuses rightly", format: "%.3f"),
      ],
      rows: parts.sorted { $0.key < $1.key }.flatMap { name, part in
        outcomes.map { outcome in
          [.text(name), .text(outcome.arm.name)]
            + ["accuracy", "gain", "p", "refusal_accuracy"].map { part.values[outcome.arm.key]?[$0] ?? .text("") }
        }
      })
  }
}
