import Experiment
import Labelling
import Statistics

/// What a `{justify}` cell reports.
struct JustifyReport {
  let settings: JustifySettings
  let asked: AskedPrompts
  let rules: LabelRules
  /// The unchanged arm first, then those in earnest, then the controls.
  let outcomes: [JustifyArm.Outcome]

  private var base: JustifyArm.Outcome { outcomes[0] }
  private func those(_ kind: JustifyArm.Kind) -> [JustifyArm.Outcome] { outcomes.filter { $0.arm.kind == kind } }

  func results(in context: CellContext) throws -> Results {
    let resamples = try Bootstrap(stream: context.stream("bootstrap"), resamples: settings.resamples)
      .draw(rows: asked.prompts.count)
    let effects = those(.effect)
    let tests = try effects.map { try McNemar($0.labels.map(\.refuses), base.labels.map(\.refuses)).p }
    let adjusted = MultipleTesting.holm(tests)
    var groups: [[String: Value]] = []
    for (outcome, p) in zip(effects, adjusted) {
      var values = try rates([outcome], resamples)
      values["name"] = .text(outcome.arm.name)
      values["p"] = .number(p)
      values["fired"] = .integer(outcome.fired)
      values["altered"] = .integer(outcome.changed)
      values["effect"] = .group([
        "refusal": .estimate(try resamples.pairedDifference(numbers(outcome, \.refuses), numbers(base, \.refuses))),
        "misdirection": .estimate(
          try resamples.pairedDifference(numbers(outcome, \.isMisdirected), numbers(base, \.isMisdirected))),
      ])
      groups.append(values)
    }
    var results = Results()
    results.values = [
      "base": .group(try rates([base], resamples)), "arms": .list(groups.map(Value.group)),
      "n": .integer(asked.prompts.count), "harmful": .integer(asked.harmful.count { $0 }),
    ]
    if let first = groups.first { results.values["changed"] = .group(first) }
    results.values["control"] = .group(try controls(against: effects[0], resamples, in: context))
    results.headline = ["changed.refusal_rate", "changed.misdirection_rate", "base.refusal_rate"]
    results.figures = [try bars(resamples)] + (try curve(resamples).map { [$0] } ?? [])
    results.tables = [try table(resamples)]
    results.galleries = [gallery]
    return results
  }

  // MARK: Rates

  /// What responses of some arms, taken together, are like.
  private func rates(_ outcomes: [JustifyArm.Outcome], _ resamples: Resamples) throws -> [String: Value] {
    var values: [String: Value] = [:]
    func rate(_ name: String, of property: (ResponseLabels, Int) -> Bool, among: (ResponseLabels, Int) -> Bool) throws {
      let chosen = outcomes.map { outcome in
        outcome.labels.enumerated().map { among($1, $0) ? property($1, $0) : nil }
      }
      guard chosen.joined().contains(where: { $0 != nil }) else { return }
      values[name] = .estimate(try resamples.rate(chosen))
    }
    try rate("refusal_rate", of: { label, _ in label.refuses }, among: { _, _ in true })
    try rate("misdirection_rate", of: { label, _ in label.isMisdirected }, among: { !asked.harmful[$1] })
    try rate("reason_rate", of: { label, _ in label.isReasoned }, among: { label, _ in label.refuses })
    try rate("truth_rate", of: { label, _ in label.isTrue == true }, among: { label, _ in label.isReasoned })
    try rate("contradiction_rate", of: { label, _ in label.contradicts }, among: { _, _ in true })
    try rate("mention_rate", of: { label, _ in label.mentions }, among: { label, _ in label.refuses })
    try rate(
      "kept_reason_rate", of: { label, index in label.categories == base.labels[index].categories },
      among: { label, index in label.isReasoned && base.labels[index].isReasoned })
    if !asked.expected.isEmpty {
      try rate(
        "follow_rate", of: { label, index in !asked.expected[index].isDisjoint(with: label.categories) },
        among: { label, index in label.isReasoned && !asked.expected[index].isEmpty })
    }
    return values
  }

  private func controls(
    against first: JustifyArm.Outcome, _ resamples: Resamples, in context: CellContext
  ) throws -> [String: Value] {
    var values: [String: Value] = [:]
    let random = those(.random)
    if !random.isEmpty {
      var group = try rates(random, resamples)
      let means = asked.prompts.indices.map { prompt in
        random.reduce(0.0) { $0 + ($1.labels[prompt].refuses ? 1 : 0) } / Double(random.count)
      }
      let differences = zip(numbers(first, \.refuses), means).map { $0 - $1 }
      group["difference"] = .estimate(try resamples.mean(differences))
      group["p"] = .number(try PermutationTest.signFlip(differences, stream: context.stream("against random")).p)
      group["arms"] = .integer(random.count)
      values["random"] = .group(group)
    }
    let others: [(name: String, kind: JustifyArm.Kind)] = [
      ("wrong_position", .wrongPosition), ("sign_flip", .signFlip), ("no_op", .noOp),
    ]
    for (name, kind) in others {
      let outcomes = those(kind)
      guard !outcomes.isEmpty else { continue }
      values[name] = .group(try rates(outcomes, resamples))
    }
    let tokens = those(.noOp).flatMap { outcome in zip(outcome.tokens, base.tokens).map { $0 == $1 } }
    values["changed_by_nothing"] = .integer(tokens.count { !$0 })
    return values
  }

  private func numbers(_ outcome: JustifyArm.Outcome, _ property: (ResponseLabels) -> Bool) -> [Double] {
    outcome.labels.map { property($0) ? 1 : 0 }
  }

  // MARK: To be seen

  private func role(_ kind: JustifyArm.Kind) -> Figure.Role {
    switch kind {
    case .base: .baseline
    case .effect: .effect
    default: .null
    }
  }

  /// Every arm but the random ones, which stand together.
  private var shown: [(name: String, kind: JustifyArm.Kind, outcomes: [JustifyArm.Outcome])] {
    let random = those(.random)
    let together =
      settings.operation == .patch
      ? "other pairs' activations (\(random.count))" : "random directions (\(random.count))"
    return [(base.arm.name, .base, [base])] + those(.effect).map { ($0.arm.name, .effect, [$0]) }
      + (random.isEmpty ? [] : [(together, .random, random)])
      + outcomes.filter { ![.base, .effect, .random].contains($0.arm.kind) }.map { ($0.arm.name, $0.arm.kind, [$0]) }
  }

  private func bars(_ resamples: Resamples) throws -> Figure {
    let measures = [
      ("refuses", "refusal_rate"), ("names an untrue harm", "misdirection_rate"),
      ("reason is true of the request", "truth_rate"), ("follows what was put in", "follow_rate"),
    ]
    let rates = try shown.map { try self.rates($0.outcomes, resamples) }
    let groups = measures.compactMap { title, name -> BarChart.Group? in
      let bars = zip(shown, rates).compactMap { arm, rates -> BarChart.Bar? in
        guard case .estimate(let rate)? = rates[name] else { return nil }
        return BarChart.Bar(arm.name, role: role(arm.kind), rate)
      }
      return bars.isEmpty ? nil : BarChart.Group(title, bars)
    }
    return Figure(
      caption: "How responses are labelled, by arm, with 95% intervals. An untrue harm is counted among harmless "
        + "requests, truth among refusals that give a reason.",
      content: .bars(BarChart(axis: .init("share of responses", unit: "share", range: 0...1), groups: groups)))
  }

  /// By onset or dose, if there are several.
  private func curve(_ resamples: Resamples) throws -> Figure? {
    let points = those(.effect).filter { $0.arm.x != nil }
    guard points.count > 1, settings.prefixes.count <= 1 else { return nil }
    let measures = [
      ("refuses", "refusal_rate"), ("reason is true", "truth_rate"), ("same reason as unchanged", "kept_reason_rate"),
      ("contradicts itself", "contradiction_rate"),
    ]
    let series = try measures.map { title, name in
      let measured = try points.compactMap { point -> (Double, Estimate)? in
        guard case .estimate(let rate)? = try rates([point], resamples)[name], let x = point.arm.x else { return nil }
        return (x, rate)
      }
      return LineChart.Series(title, x: measured.map(\.0), y: measured.map(\.1))
    }
    return Figure(
      name: "curve", caption: "How responses are labelled, by where the change begins or how large it is.",
      content: .lines(
        LineChart(
          xAxis: settings.onsets.isEmpty
            ? .init("dose", unit: "raw differences") : .init("first response token changed"),
          yAxis: .init("share of responses", unit: "share", range: 0...1), series: series.filter { !$0.x.isEmpty })))
  }

  private func table(_ resamples: Resamples) throws -> Table {
    let names = [
      "refusal_rate", "misdirection_rate", "reason_rate", "truth_rate", "contradiction_rate", "mention_rate",
      "kept_reason_rate", "follow_rate",
    ]
    let rates = try outcomes.map { try self.rates([$0], resamples) }
    let present = names.filter { name in rates.contains { $0[name] != nil } }
    return Table(
      name: "arms",
      caption: "Every arm; shares are of all responses, of harmless requests (misdirection), of refusals "
        + "(reason, mention), or of refusals that give a reason (truth, kept reason, follow).",
      columns: [.init("arm")]
        + present.map {
          .init($0.replacing("_rate", with: "").replacing("_", with: " "), format: "%.3f")
        },
      rows: zip(outcomes, rates).map { outcome, rates in
        [.text(outcome.arm.name)] + present.map { rates[$0] ?? .text("") }
      })
  }

  /// Misdirected refusals first, each beside what is said with nothing changed.
  private var gallery: Gallery {
    let effects = those(.effect)
    let misdirected = asked.prompts.indices.filter { index in effects.contains { $0.labels[index].isMisdirected } }
    let others = asked.prompts.indices.filter { index in !misdirected.contains(index) }
    return Gallery(
      name: "responses", caption: "What the model said, misdirected refusals first.",
      entries: (misdirected + others).prefix(settings.gallery).map { index in
        Gallery.Entry(
          prompt: asked.prompts[index].instructionText,
          responses: ([base] + effects.prefix(3)).map { outcome in
            Gallery.Response(
              arm: outcome.arm.name, text: outcome.responses[index], labels: outcome.labels[index].words)
          })
      })
  }
}
