import Experiment
import Manuscript
import Statistics
import Tensor
import Transformer
import World

/// `{evaluate}`: how often the embedded model decides rightly on requests that training never saw, and says why.
package enum EvaluateCell: CellKind {
  package static let name = "evaluate"
  package static let version = 2
  package static let summary =
    "Asks the model requests of the embedded world that training held out, and counts right decisions and true reasons."

  package static func problems(_ settings: EvaluateSettings, in scope: CellScope) -> [Problem] {
    settings.count < 2
      ? [Problem("“count” is \(settings.count)", at: scope.location(of: "count"), expected: "expected: at least 2")]
      : []
  }

  package static func work(_ settings: EvaluateSettings, in scope: CellScope) -> Work {
    Work(
      tokens: settings.families.count * settings.splits.count * settings.count
        * settings.arms.reduce(0) { $0 + ($1 == .direct ? 80 : 150) })
  }

  package static func run(_ settings: EvaluateSettings, in context: CellContext) throws -> Results {
    let world = try World(seed: context.stream("world").bits(at: 0))
    let examiner = try Examiner(subject: try context.subject)
    var results = Results()
    var rows: [[Value]] = []
    var groups: [BarChart.Group] = []
    let grid = settings.families.flatMap { family in settings.splits.map { (family.family, $0.split) } }
    for (done, (family, split)) in grid.enumerated() {
      try context.progress(done, of: grid.count)
      guard let requests = try requests(family, split, settings, of: world) else { continue }
      var values: [String: Value] = [:]
      var bars: [BarChart.Bar] = []
      for arm in settings.arms {
        let marks = try examiner.marks(requests, arm: arm)
        let accuracy = try Proportion(successes: marks.count { $0.isRight }, trials: marks.count).wilson
        let refusal = try Proportion(successes: marks.count { $0.refusesRightly }, trials: marks.count).wilson
        var entry: [String: Value] = ["accuracy": .estimate(accuracy), "refusal_accuracy": .estimate(refusal)]
        let refused = marks.filter { $0.isRightRefusal }
        if arm == .direct, !refused.isEmpty {
          let truth = try Proportion(successes: refused.count { $0.isTrue }, trials: refused.count).wilson
          entry["true_reasons"] = .estimate(truth)
        }
        if arm == .swapped {
          entry["followed"] = .estimate(
            try Proportion(successes: marks.count { $0.followsThoughts }, trials: marks.count).wilson)
        }
        values[arm.rawValue] = .group(entry)
        bars.append(
          BarChart.Bar(arm.rawValue, role: [.filler, .swapped].contains(arm) ? .null : .effect, accuracy))
        rows.append([
          .text(family.rawValue), .text(split.rawValue), .text(arm.rawValue), .estimate(accuracy), .estimate(refusal),
        ])
      }
      if case .group(var families)? = results.values[family.rawValue] {
        families[split.rawValue] = .group(values)
        results.values[family.rawValue] = .group(families)
      } else {
        results.values[family.rawValue] = .group([split.rawValue: .group(values)])
      }
      groups.append(BarChart.Group("\(family.rawValue), \(split.rawValue)", bars))
      if let first = settings.arms.first {
        results.headline.append("\(family.rawValue).\(split.rawValue).\(first.rawValue).accuracy")
      }
    }
    guard !rows.isEmpty else { throw NothingToAsk() }
    results.headline = Array(results.headline.prefix(3))
    results.figures = [
      Figure(
        caption: "Right decisions, by family, what training held out, and how the answer was got to.",
        content: .bars(
          BarChart(
            axis: .init("right decisions", unit: "share", range: 0...1), groups: groups,
            references: [.init(0.5, "coin")])))
    ]
    results.tables = [
      Table(
        name: "accuracy", caption: "Shares of right decisions among three, and of right decisions to refuse or not.",
        columns: [
          .init("family"), .init("held out"), .init("arm"), .init("right of three", format: "%.3f"),
          .init("refuses rightly", format: "%.3f"),
        ], rows: rows)
    ]
    return results
  }
}

extension EvaluateCell {
  /// Requests of a family and split; `nil` if the family has none that training held out so.
  private static func requests(
    _ family: Family, _ split: Split, _ settings: EvaluateSettings, of world: World
  ) throws -> [Request]? {
    do {
      return try world.requests(
        family, split: split,
        // Pairs of categories are harmful by nature.
        isHarmful: split == .heldOutPair ? true : nil, isPivotal: settings.pivotal ? true : nil,
        count: settings.count)
    } catch WorldError.nothingToDraw {
      return nil
    }
  }
}

/// No family has requests of any split that was asked for.
struct NothingToAsk: Error, CustomStringConvertible {
  var description: String {
    "none of the families has such requests; chains alone have held-out-length, doubles held-out-pair, scary held-out-scary"
  }
}
