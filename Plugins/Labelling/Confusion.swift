import Experiment
import Statistics

/// How two labellings of the same things go together.
package struct Confusion: Hashable, Sendable {
  /// Every label that either gives, sorted.
  package let labels: [String]
  /// `[hand][rules]`
  package let counts: [[Int]]

  /// From the labels themselves, thing by thing.
  package init(hand: [String], rules: [String]) {
    let labels = Set(hand + rules).sorted()
    var counts = labels.map { _ in labels.map { _ in 0 } }
    for (a, b) in zip(hand, rules) {
      if let row = labels.firstIndex(of: a), let column = labels.firstIndex(of: b) { counts[row][column] += 1 }
    }
    (self.labels, self.counts) = (labels, counts)
  }

  private var total: Int { counts.joined().reduce(0, +) }

  /// How many are labelled alike.
  package var agreement: Proportion {
    get throws { try Proportion(successes: labels.indices.reduce(0) { $0 + counts[$1][$1] }, trials: total) }
  }

  /// Cohen's kappa (Cohen 1960): agreement beyond what the two rates alone would give; not a number where both always
  /// say the same one thing.
  package var kappa: Double {
    let n = Double(total)
    let observed = Double(labels.indices.reduce(0) { $0 + counts[$1][$1] }) / n
    let expected = labels.indices.reduce(0.0) { sum, label in
      sum + Double(counts[label].reduce(0, +)) / n * Double(counts.reduce(0) { $0 + $1[label] }) / n
    }
    return expected < 1 ? (observed - expected) / (1 - expected) : .nan
  }

  package func table(name: String, caption: String) -> Table {
    Table(
      name: name, caption: caption,
      columns: [.init("by hand")] + labels.map { .init("rules: \($0)", format: "%.0f") },
      rows: zip(labels, counts).map { [.text($0)] + $1.map { .integer($0) } })
  }

  package func figure(_ caption: String) -> Figure {
    Figure(
      caption: caption,
      content: .heatmap(
        Heatmap(
          rowAxis: .init("by hand"), rows: labels, columnAxis: .init("by the rules"), columns: labels,
          quantity: .init("responses"), cells: counts.map { $0.map { Estimate(value: Double($0)) } })))
  }
}
