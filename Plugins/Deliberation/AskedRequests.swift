import Deliberation
import Experiment
import Manuscript
import Statistics
import Tokenizer

/// The requests of a cell, with what would be right and how they are put to the model.
struct AskedRequests {
  /// The rows behind them.
  let rows: [Dataset.Row]
  /// What the user wrote. `[requests]`
  let texts: [String]
  /// The right decision. `[requests]`
  let right: [Decision]
  /// Whether over-refusal is counted on it. `[requests]`
  let isContrast: [Bool]
  /// Which of them are resampled together. `[requests]`
  let clusters: [Int]

  /// What is asked of the rows.
  struct Design {
    var expected: String
    var decisions: DecisionWords
    var rows: RowFilter
    var sample: Int?
    var contrast: RowFilter?
    var cluster: String?
  }

  /// - Throws: ``TooFewRequests`` if fewer than eight are left.
  init(_ design: Design, in context: CellContext) throws {
    let data = try context.data
    var chosen = data.rows.indices.filter { design.rows.accepts(data.rows[$0]) }
    if let sample = design.sample, sample < chosen.count {
      var generator = context.stream("sample").generator()
      chosen = chosen.shuffled(using: &generator).prefix(sample).sorted()
    }
    guard chosen.count >= 8 else { throw TooFewRequests(found: chosen.count) }
    let rows = chosen.map { data.rows[$0] }
    right = rows.compactMap { design.decisions[$0[design.expected]?.plain ?? ""] }
    isContrast = zip(rows, right).map { row, right in
      right != .refuse && design.contrast.map { $0.accepts(row) } ?? true
    }
    texts = rows.map { $0["text"]?.plain ?? "" }
    clusters =
      design.cluster.map { column in Samples.groups(of: rows.map { $0[column]?.plain ?? "" }) }
      ?? Array(rows.indices)
    self.rows = rows
  }

  private init(rows: [Dataset.Row], texts: [String], right: [Decision], isContrast: [Bool], clusters: [Int]) {
    (self.rows, self.texts, self.right) = (rows, texts, right)
    (self.isContrast, self.clusters) = (isContrast, clusters)
  }

  /// Some of them, by their numbers.
  func selecting(_ chosen: [Int]) -> AskedRequests {
    AskedRequests(
      rows: chosen.map { rows[$0] }, texts: chosen.map { texts[$0] }, right: chosen.map { right[$0] },
      isContrast: chosen.map { isContrast[$0] }, clusters: chosen.map { clusters[$0] })
  }

  var count: Int { texts.count }

  /// Each request with the number of another one that takes its thoughts: a cycle, so that none keeps its own.
  func others(_ context: CellContext) -> [Int] {
    var generator = context.stream("swapped").generator()
    let cycle = texts.indices.shuffled(using: &generator)
    var others = Array(texts.indices)
    for (place, index) in cycle.enumerated() { others[index] = cycle[(place + 1) % cycle.count] }
    return others
  }

  /// What is wrong with a design, given the data.
  static func problems(_ design: Design, in scope: CellScope) -> [Problem] {
    var problems = [scope.missing(column: design.expected, setting: "expected")].compactMap { $0 }
    if let cluster = design.cluster {
      problems += [scope.missing(column: cluster, setting: "cluster")].compactMap { $0 }
    }
    problems += scope.problems(of: design.rows, setting: "rows")
    if let contrast = design.contrast { problems += scope.problems(of: contrast, setting: "contrast") }
    if let sample = design.sample, sample < 8 {
      problems.append(
        Problem("\(sample) requests tell nothing", at: scope.location(of: "sample"), expected: "expected: at least 8"))
    }
    guard let data = scope.data, problems.isEmpty else { return problems }
    let odd = data.rows.indices.first { index in
      design.rows.accepts(data.rows[index])
        && design.decisions[data.rows[index][design.expected]?.plain ?? ""] == nil
    }
    guard let odd else { return [] }
    return [
      Problem(
        "row \(data.numbers[odd]) of the data “\(data.name)” has “\(data.rows[odd][design.expected]?.plain ?? "")” in "
          + "“\(design.expected)”", at: scope.location(of: "expected"),
        expected: "expected: one of \(design.decisions.words.joined(separator: ", "))",
        help: "say what the data call each decision: “decisions: { refuse: …, caveat: …, comply: … }”")
    ]
  }
}

/// Requests are missing.
struct TooFewRequests: Error, CustomStringConvertible {
  let found: Int

  var description: String {
    "only \(found) requests are left to ask; at least 8 are needed; check “rows” and “sample”"
  }
}
