import Deliberation
import Experiment
import Manuscript
import Statistics
import Tokenizer

/// `{latency}`: how long a user waits for the first token that is seen, and for the last, when a model thinks first.
///
/// The token ledger and what follows from it by arithmetic are results. Wall times are measured beside them, all arms in
/// turn within each round, and are none.
package enum LatencyCell: CellKind {
  package static let name = "latency"
  package static let version = 1
  package static let measures = true
  package static let summary =
    "Counts what thinking first costs and how long the first token seen is waited for; measures it on this machine beside."

  package static func problems(_ settings: LatencySettings, in scope: CellScope) -> [Problem] {
    var problems = scope.problems(of: settings.rows, setting: "rows")
    func wrong(_ setting: String, _ isWrong: Bool, _ message: String, _ expected: String) {
      guard isWrong else { return }
      problems.append(Problem(message, at: scope.location(of: setting), expected: "expected: \(expected)"))
    }
    wrong(
      "budgets", settings.budgets.isEmpty || settings.budgets.contains { $0 < 1 }, "a budget is below 1", "1 or more")
    wrong("votes", settings.votes.contains { !(2...99).contains($0) }, "a number of votes is none", "2 to 99")
    wrong("sample", settings.sample < 2, "\(settings.sample) requests have no spread", "2 or more")
    wrong("rounds", settings.rounds < 3, "\(settings.rounds) rounds have no spread", "3 or more")
    guard let subject = scope.subject else { return problems }
    do {
      let policy = settings.policy(think: settings.budgets.max() ?? 1, votes: settings.votes.max() ?? 1)
      _ = try Deliberator(policy.fitting(subject), subject: subject)
    } catch {
      problems.append(Problem("\(error)", at: scope.cell.location))
    }
    return problems
  }

  package static func work(_ settings: LatencySettings, in scope: CellScope) -> Work {
    var work = scope.work(settings.rows, generating: (settings.budgets.max() ?? 0) + settings.maxResponse)
    let each = work.tokens / max(1, work.sequences)
    let arms = 2 + settings.budgets.count + settings.votes.reduce(0, +) + (settings.series == nil ? 0 : 3)
    work.sequences = settings.votes.max() ?? 1
    work.tokens = each * settings.sample * settings.rounds * arms
    return work
  }

  package static func run(_ settings: LatencySettings, in context: CellContext) throws -> Results {
    var results = try Latency(settings, in: context).results()
    if settings.marks == .init() { results.notes += try AskedInWords.notes(settings.words, in: context) }
    return results
  }
}

/// One `{latency}` cell as it runs.
private struct Latency {
  /// A way of answering.
  struct Way {
    let key, name: String
    /// `nil` answers at once.
    let deliberator: Deliberator?
  }

  /// What one answer took.
  struct Taken {
    var ledger = TokenLedger()
    /// Multiplications before the first token seen, and in all.
    var toFirst = 0.0, inAll = 0.0
    /// Seconds until the first token seen, and in all.
    var first = 0.0, total = 0.0
  }

  let settings: LatencySettings
  let context: CellContext
  let texts: [String]
  let ways: [Way]
  let responder: Responder
  let arithmetic: Arithmetic

  init(_ settings: LatencySettings, in context: CellContext) throws {
    (self.settings, self.context) = (settings, context)
    let (data, subject) = (try context.data, try context.subject)
    var generator = context.stream("sample").generator()
    let rows = data.rows.filter(settings.rows.accepts).shuffled(using: &generator).prefix(settings.sample)
    texts = rows.map { $0["text"]?.plain ?? "" }
    guard texts.count > 1 else { throw TooFewRequests(found: texts.count) }
    responder = Responder(subject: subject, most: settings.maxResponse)
    arithmetic = Arithmetic(subject.model.configuration)
    func way(_ key: String, _ name: String, _ policy: DeliberationPolicy) throws -> Way {
      Way(key: key, name: name, deliberator: try Deliberator(policy.fitting(subject), subject: subject))
    }
    let most = settings.budgets.max() ?? 1
    var ways = [Way(key: "direct", name: "direct", deliberator: nil)]
    ways += try settings.budgets.sorted().map {
      try way("think_\($0)", "think up to \($0)", settings.policy(think: $0))
    }
    ways += try settings.votes.sorted().map {
      try way("votes_\($0)", "\($0) votes side by side", settings.policy(think: most, votes: $0))
    }
    if let series = settings.series {
      var policy = settings.policy(think: most)
      (policy.onCaveat, policy.series) = (.series, series)
      ways.append(try way("series", "in series", policy))
    }
    self.ways = ways
  }

  func results() throws -> Results {
    let total = settings.rounds * ways.count
    // [way][round][request]
    var taken = ways.map { _ in [[Taken]]() }
    for round in 0..<settings.rounds {
      for (index, way) in ways.enumerated() {
        try context.progress(round * ways.count + index, of: total)
        taken[index].append(try texts.map { try answer($0, way) })
      }
    }
    let base = taken[0][0]
    var results = Results()
    var arms: [String: Value] = [:]
    var rows: [[Value]] = []
    for (way, all) in zip(ways, taken) {
      let one = all[0]
      func mean(_ value: (Taken) -> Double) -> Double { one.map(value).reduce(0, +) / Double(one.count) }
      func ratio(_ value: (Taken) -> Double) -> Double { one.map(value).reduce(0, +) / base.map(value).reduce(0, +) }
      let (hidden, shown, steps) = (
        mean { Double($0.ledger.hidden) }, mean { Double($0.ledger.shown) }, mean { Double($0.ledger.stepsToFirst) }
      )
      arms[way.key] = .group([
        "name": .text(way.name), "hidden_tokens": .number(hidden), "shown_tokens": .number(shown),
        "steps_to_first": .number(steps), "longest_wait": .integer(one.map(\.ledger.stepsToFirst).max() ?? 0),
        "cost_ratio": .number(ratio(\.inAll)), "first_ratio": .number(ratio(\.toFirst)),
      ])
      rows.append([
        .text(way.name), .number(hidden), .number(shown), .number(steps), .number(ratio(\.toFirst)),
        .number(ratio(\.inAll)),
      ])
      measure(way, all, beside: taken[0], first: ratio(\.toFirst), inAll: ratio(\.inAll))
    }
    results.values = ["arms": .group(arms), "n": .integer(texts.count)]
    results.headline = ways.dropFirst().prefix(2).map { "arms.\($0.key).cost_ratio" }
    results.figures = figures(arms)
    results.tables = [
      Table(
        name: "ledger",
        caption:
          "Means over requests. What is computed before the first token seen, and in all, is by what answering at "
          + "once takes; steps are tokens one after the other, where votes side by side count as the longest.",
        columns: [
          .init("arm"), .init("hidden tokens", format: "%.1f"), .init("seen tokens", format: "%.1f"),
          .init("steps to the first seen", format: "%.1f"), .init("computed to the first", format: "%.2f"),
          .init("computed in all", format: "%.2f"),
        ], rows: rows)
    ]
    return results
  }

  private func answer(_ text: String, _ way: Way) throws -> Taken {
    let clock = ContinuousClock()
    let start = clock.now
    let seen = FirstSeen()
    var taken = Taken()
    var prompt = 0
    if let deliberator = way.deliberator {
      let given = try deliberator.answer([.user(text)], onText: { _ in seen.mark() })
      (taken.ledger, prompt) = (given.ledger, given.ledger.prompt)
      taken.toFirst =
        arithmetic.multiplications(prompt, behind: 0, generated: 1)
        + given.thoughts.reduce(0) {
          $0 + arithmetic.multiplications($1.tokens.count, behind: prompt, generated: $1.tokens.count)
        }
      let others = given.ledger.hidden - given.thoughts.reduce(0) { $0 + $1.tokens.count }
      taken.toFirst += arithmetic.multiplications(max(0, others), behind: prompt, generated: max(0, others))
    } else {
      let given = try responder.answer([.user(text)], onText: { _ in seen.mark() })
      (taken.ledger, prompt) = (given.ledger, given.ledger.prompt)
      taken.toFirst = arithmetic.multiplications(prompt, behind: 0, generated: 1)
    }
    taken.total = (clock.now - start) / .seconds(1)
    taken.first = seen.instant.map { ($0 - start) / .seconds(1) } ?? taken.total
    let behind = prompt + taken.ledger.stepsToFirst
    taken.inAll =
      taken.toFirst + arithmetic.multiplications(taken.ledger.shown, behind: behind, generated: taken.ledger.shown)
    return taken
  }

  /// Ratios to answering at once within the same round, and times as they were.
  private func measure(_ way: Way, _ rounds: [[Taken]], beside direct: [[Taken]], first: Double, inAll: Double) {
    func sums(_ value: (Taken) -> Double, _ rounds: [[Taken]]) -> [Double] { rounds.map { $0.map(value).reduce(0, +) } }
    func ratios(_ value: (Taken) -> Double) -> [Double] {
      zip(sums(value, rounds), sums(value, direct)).map { $0 / $1 }
    }
    if way.deliberator != nil {
      context.observed(
        Observation("\(way.name): first token seen", unit: "times direct", values: ratios(\.first), predicted: first))
      context.observed(
        Observation("\(way.name): in all", unit: "times direct", values: ratios(\.total), predicted: inAll))
    }
    let count = Double(texts.count)
    context.observed(
      Observation("\(way.name): first token seen", unit: "ms", values: sums(\.first, rounds).map { 1_000 * $0 / count })
    )
    context.observed(
      Observation("\(way.name): in all", unit: "ms", values: sums(\.total, rounds).map { 1_000 * $0 / count }))
  }

  private func figures(_ arms: [String: Value]) -> [Figure] {
    func line(_ prefix: String, _ counts: [Int], _ value: String) -> [Estimate] {
      counts.sorted().map { count in
        Estimate(value: arms["\(prefix)_\(count)"]?[value]?.estimate?.value ?? .nan)
      }
    }
    func chart(_ name: String, _ prefix: String, _ counts: [Int], _ axis: String, _ caption: String) -> Figure? {
      guard counts.count > 1 else { return nil }
      let x = counts.sorted().map(Double.init)
      return Figure(
        name: name, caption: caption,
        content: .lines(
          LineChart(
            xAxis: .init(axis), yAxis: .init("multiplications", unit: "times direct"),
            series: [
              .init("in all", x: x, y: line(prefix, counts, "cost_ratio")),
              .init("to the first token seen", role: .baseline, x: x, y: line(prefix, counts, "first_ratio")),
            ], references: [.init(1, "direct")])), isPanel: true)
    }
    return [
      chart("budgets", "think", settings.budgets, "budget (tokens)", "What one run of thinking costs, by its budget."),
      chart("votes", "votes", settings.votes, "votes", "What votes side by side cost, by how many there are."),
    ].compactMap { $0 }
  }
}
