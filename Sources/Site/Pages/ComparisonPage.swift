import Experiment
import Foundation

/// Two commits of results side by side: the inputs that changed, every value that moved, and the figures in pairs.
struct ComparisonPage {
  let comparisons: [RecordComparison]
  let from: String
  let to: String
  let theme: Theme

  private struct View {
    let title: String
    let style: String
    let summary: String
    let from: String
    let to: String
    let experiments: [Compared]
  }

  private struct Compared {
    let name: String
    let counts: String
    let inputs: [Row]
    let hasInputs: Bool
    let outcomes: [Row]
    let hasOutcomes: Bool
    let values: [MovedRow]
    let hasValues: Bool
    let figures: [Pair]
    let others: String
    let hasOthers: Bool
  }

  private struct Row {
    let name: String
    let before: String
    let after: String
  }

  private struct MovedRow {
    let path: String
    let movement: String
    let direction: String
    let before: String
    let beforeInterval: String
    let after: String
    let afterInterval: String
  }

  private struct Pair {
    let name: String
    let caption: String
    let before: String?
    let after: String?
  }

  /// The page, which needs no other file.
  func html() -> String {
    theme.render(
      "diff",
      View(
        title: "\(Words.short(commit: from)) and \(Words.short(commit: to))",
        style: theme.assets["assets/style.css"] ?? "",
        summary: comparisons.isEmpty
          ? "Every record is equal."
          : "\(Words.count(comparisons.count, "record")) \(comparisons.count == 1 ? "differs" : "differ"); all others are equal.",
        from: from, to: to, experiments: comparisons.map(compared)))
  }

  private func compared(_ comparison: RecordComparison) -> Compared {
    let moved = comparison.values.filter { $0.movement != .equal }
    let counts = Movement.allCases.compactMap { movement -> String? in
      let count = comparison.values.count { $0.movement == movement }
      return count == 0 ? nil : "\(count) \(Self.words(movement))"
    }
    return Compared(
      name: comparison.experiment,
      counts: "Values: " + (counts.isEmpty ? "none" : counts.joined(separator: ", ")) + ".",
      inputs: comparison.inputs.map(row), hasInputs: !comparison.inputs.isEmpty,
      outcomes: comparison.outcomes.map(row), hasOutcomes: !comparison.outcomes.isEmpty,
      values: moved.map(row), hasValues: !moved.isEmpty, figures: comparison.figures.map(pair),
      others: comparison.others.map(\.name).joined(separator: ", "), hasOthers: !comparison.others.isEmpty)
  }

  /// A movement as a reader is told it.
  static func words(_ movement: Movement) -> String {
    switch movement {
    case .beyond: "moved beyond the interval"
    case .within: "moved within it"
    case .changed: "changed; no interval"
    case .equal: "equal"
    case .new: "new"
    case .gone: "gone"
    }
  }

  private func row(_ change: RecordComparison.Change) -> Row {
    Row(name: change.name, before: change.before ?? "–", after: change.after ?? "–")
  }

  private func row(_ moved: RecordComparison.Moved) -> MovedRow {
    MovedRow(
      path: moved.path,
      movement: moved.movement == .changed ? Self.words(.changed) : moved.movement.rawValue,
      direction: HistoryPage.move(from: moved.before, to: moved.after), before: moved.before.map(Words.short) ?? "–",
      beforeInterval: moved.before.flatMap { Words.interval($0) } ?? "", after: moved.after.map(Words.short) ?? "–",
      afterInterval: moved.after.flatMap { Words.interval($0) } ?? "")
  }

  private func pair(_ drawn: RecordComparison.Drawn) -> Pair {
    let both = [drawn.before, drawn.after].compactMap(\.self)
    return Pair(
      name: drawn.name, caption: both.last?.caption ?? "",
      before: drawn.before.map { SVG.inline($0, isSmall: true, beside: both) },
      after: drawn.after.map { SVG.inline($0, isSmall: true, beside: both) })
  }
}

extension Site {
  /// Two commits of results side by side, as one page that needs no other file.
  ///
  /// - Parameters:
  ///   - from: the commit before, in full.
  ///   - to: the commit after, in full.
  /// - Throws: `SiteError` if the theme cannot be used.
  public func comparison(_ comparisons: [RecordComparison], from: String, to: String) throws -> String {
    ComparisonPage(comparisons: comparisons, from: from, to: to, theme: try Theme(folder: theme)).html()
  }
}
