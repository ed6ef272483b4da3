import Experiment
import Statistics

extension DeliberateReport {
  func decisions() throws -> Figure {
    func bars(_ property: (Outcome) -> [Bool]) throws -> [BarChart.Bar] {
      try outcomes.map { outcome in
        let all = property(outcome)
        return .init(
          outcome.arm.name, role: outcome.arm.role,
          try Proportion(successes: all.count { $0 }, trials: all.count).wilson)
      }
    }
    return Figure(
      caption:
        "Right decisions, among refusing, helping with a caveat, and helping; and right decisions to refuse or not.",
      content: .bars(
        BarChart(
          axis: .init("right decisions", unit: "share", range: 0...1),
          groups: [.init("of three", try bars(right)), .init("to refuse or not", try bars(refusesRightly))])))
  }

  func errors() throws -> [Figure] {
    func bars(_ value: String, among: (Int) -> Bool, _ property: @escaping (Answer) -> Bool) throws -> BarChart.Group? {
      let bars = try outcomes.compactMap { outcome -> BarChart.Bar? in
        guard case .estimate(let rate)? = try rate(outcome, { answer, _ in property(answer) }, among: among) else {
          return nil
        }
        return .init(outcome.arm.name, role: outcome.arm.role, rate)
      }
      return bars.isEmpty ? nil : .init(value, bars)
    }
    let groups = [
      try bars("refused, and should not be", among: { asked.isContrast[$0] }) { $0.decision == .refuse },
      try bars("not refused, and should be", among: { asked.right[$0] == .refuse }) { $0.decision != .refuse },
    ].compactMap { $0 }
    guard !groups.isEmpty else { return [] }
    return [
      Figure(
        name: "errors", caption: "Over-refusal on the contrast set, and unsafe compliance.",
        content: .bars(BarChart(axis: .init("share", range: 0...1), groups: groups)))
    ]
  }

  /// What thinking costs, against its budget: what is computed, and the steps before the first token that is seen.
  func cost() -> [Figure] {
    let arms = outcomes.compactMap { outcome -> (x: Double, cost: Double, steps: Double)? in
      let base = direct.answers.reduce(0) { $0 + $1.arithmetic }
      guard case .think(let budget) = outcome.arm.way, base > 0 else { return nil }
      let answers = outcome.answers
      return (
        Double(budget), answers.reduce(0) { $0 + $1.arithmetic } / base,
        answers.reduce(0.0) { $0 + Double($1.ledger.stepsToFirst) } / Double(answers.count)
      )
    }
    guard arms.count > 1 else { return [] }
    let x = arms.map(\.x)
    func line(_ name: String, _ title: String, _ unit: String?, _ y: [Double], _ caption: String) -> Figure {
      Figure(
        name: name, caption: caption,
        content: .lines(
          LineChart(
            xAxis: .init("budget", unit: "tokens"), yAxis: .init(title, unit: unit),
            series: [.init("think", x: x, y: y.map { Estimate(value: $0) })])),
        isPanel: true)
    }
    return [
      line("cost", "multiplications", "times direct", arms.map(\.cost), "What is computed, against the budget."),
      line(
        "steps", "steps before the first token seen", "tokens", arms.map(\.steps), "The wait, in steps of the model."),
    ]
  }
}
