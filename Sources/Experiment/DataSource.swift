import Manuscript
import Tensor

/// What a document asks for as data: a file, and which of its rows under which names.
///
///     data: { file: requests, where: { is_pair: false }, sample: 200, split: { train: 0.5, test: 0.5 }, group: template }
///
/// Columns get their names first; then rows are filtered, sampled and divided. What is drawn is a function of the seed
/// and of a row's number in the file (or its group's values): never of order, threads, or the other rows. So a larger
/// sample holds the smaller one, and a row that the filter drops moves no other row within the random order.
public struct DataSource: Sendable {
  /// The file: a name in `experiments/data`, or a path.
  public let file: Located<String>
  let settings: Settings
  private let yaml: YAMLValue

  /// The column that says which part a row belongs to.
  static let splitColumn = "split"

  struct Settings: CellSettings {
    var file = ""
    var columns = ColumnNames.none
    var filter = RowFilter.everything
    var sample: Int?
    var group: [String] = []
    var split: SplitShares?
    var seed: UInt64?

    static let keys: [SettingKey<Self>] = [
      .required("file", \.file, "A name in `experiments/data`, or the path of a CSV, JSON or JSONL file."),
      .optional("columns", \.columns, "Further names for columns, as in `{ text: goal }`."),
      .optional("where", \.filter, "Only rows that have these values."),
      .optional(
        "sample", \.sample,
        "Only so many rows, drawn without replacement, in the file's order; with `group`, as many "
          + "whole groups as fit."),
      .optional("group", \.group, "Columns whose equal values hold rows together when they are sampled or split."),
      .optional(
        "split", \.split,
        "Parts that rows are drawn into, as in `{ train: 0.8, test: 0.2 }`; the column `split` says "
          + "which, for `rows: { split: train }`."),
      .optional("seed", \.seed, "The seed of `sample` and `split`, if not the document's."),
    ]
  }

  /// Reads what a document says: a name, a path, or a map.
  ///
  /// - Throws: `Problems` with everything that is wrong with it.
  public init(_ yaml: YAMLValue) throws(Problems) {
    self.yaml = yaml
    let name = yaml["file"] ?? yaml
    guard let text = name.string else {
      throw Problems([
        Problem(
          "“data” is \(name.summary)", at: name.location,
          expected: "expected: a name in experiments/data, a path, or a map with a file")
      ])
    }
    file = Located(text, at: name.location)
    settings = try Settings.read(
      yaml.entries ?? [YAMLEntry(key: Located("file", at: name.location), value: yaml)], kind: "data",
      at: yaml.location, common: [])
    var problems: [Problem] = []
    if let sample = settings.sample, sample < 1 {
      problems.append(
        Problem("“sample”: found the number \(sample)", at: place("sample"), expected: "expected: 1 or more"))
    }
    if settings.sample == nil, settings.split == nil {
      for key in ["group", "seed"] {
        guard let value = yaml[key] else { continue }
        problems.append(
          Problem(
            "“\(key)” changes nothing without “sample” or “split”", at: value.location,
            help: "add one of them, or leave “\(key)” out"))
      }
    }
    guard problems.isEmpty else { throw Problems(problems) }
  }

  private func place(_ key: String) -> SourceLocation { yaml[key]?.location ?? yaml.location }

  /// The rows that are asked for.
  ///
  /// - Parameters:
  ///   - dataset: the whole file.
  ///   - seed: the document's seed.
  /// - Throws: `Problems` if the file lacks a column, or rows.
  public func rows(of dataset: Dataset, seed: UInt64) throws(Problems) -> Dataset {
    let data = try renamed(dataset)
    try check(settings.filter.problems(in: data, setting: "where", at: place("where")))
    guard !settings.filter.conditions.isEmpty || settings.sample != nil || settings.split != nil else { return data }
    let kept = data.rows.indices.filter { settings.filter.accepts(data.rows[$0]) }
    var units = try units(kept, in: data, seed: settings.seed ?? seed)
    if let sample = settings.sample { units = try drawn(sample, of: units, in: data) }
    let parts = try parts(of: units, in: data)
    let rows = units.flatMap(\.rows).sorted()
    return data.selecting(
      rows, adding: parts.map { parts in (Self.splitColumn, rows.map { parts[$0] ?? "" }) })
  }

  private func renamed(_ dataset: Dataset) throws(Problems) -> Dataset {
    guard !settings.columns.names.isEmpty else { return dataset }
    try check(
      settings.columns.names.filter { !dataset.columns.contains($0.theirs.value) }.map { name in
        .unknown(
          name.theirs.value, kind: "column", in: "in \(file.value)", allowed: dataset.columns, at: name.theirs.location)
      })
    return dataset.renaming(
      Dictionary(settings.columns.names.map { ($0.ours, $0.theirs.value) }) { _, last in last })
  }

  /// Rows that stay together, with their places in two random orders.
  private struct Unit {
    var rows: [Int]
    let sampling: UInt64
    let splitting: UInt64
  }

  /// The units that are drawn: groups of rows, or single rows, in the order of the file.
  private func units(_ kept: [Int], in data: Dataset, seed: UInt64) throws(Problems) -> [Unit] {
    let sampling = RandomStream(seed: seed, purpose: "data/sample")
    let splitting = RandomStream(seed: seed, purpose: "data/split")
    guard !settings.group.isEmpty else {
      return kept.map { row in
        let number = UInt64(data.numbers[row])
        return Unit(rows: [row], sampling: sampling.bits(at: number), splitting: splitting.bits(at: number))
      }
    }
    let unknown = settings.group.filter { !data.columns.contains($0) }
    try check(
      unknown.map {
        .unknown($0, kind: "column", in: "in the data “\(data.name)”", allowed: data.columns, at: place("group"))
      })
    var units: [Unit] = []
    var known: [[String]: Int] = [:]
    for row in kept {
      let values = settings.group.compactMap { data.rows[row][$0]?.plain }
      guard values.count == settings.group.count else {
        throw Problems([
          Problem(
            "row \(data.numbers[row]) of the data “\(data.name)” belongs to no group", at: place("group"),
            expected: "expected: a value of \(settings.group.joined(separator: ", ")) in every row")
        ])
      }
      if let unit = known[values] {
        units[unit].rows.append(row)
      } else {
        known[values] = units.count
        // Lengths keep ["a", "bc"] and ["ab", "c"] apart.
        let name = values.map { "\($0.utf8.count) \($0)" }.joined(separator: "/")
        units.append(
          Unit(
            rows: [row], sampling: sampling.child(name).bits(at: 0), splitting: splitting.child(name).bits(at: 0)))
      }
    }
    return units
  }

  /// Whole units in their random order, as long as they fit into so many rows.
  private func drawn(_ sample: Int, of units: [Unit], in data: Dataset) throws(Problems) -> [Unit] {
    let count = units.reduce(0) { $0 + $1.rows.count }
    guard sample <= count else {
      throw Problems([
        Problem(
          "“sample” asks for \(sample) of the \(count) row\(count == 1 ? "" : "s") of “\(data.name)”",
          at: place("sample"),
          expected: "expected: 1 to \(count)")
      ])
    }
    let shuffled = units.sorted { ($0.sampling, $0.rows[0]) < ($1.sampling, $1.rows[0]) }
    var room = sample
    let drawn = shuffled.prefix { unit in
      room -= unit.rows.count
      return room >= 0
    }
    guard !drawn.isEmpty else {
      throw Problems([
        Problem(
          "the first group that is drawn from “\(data.name)” has \(shuffled[0].rows.count) rows: more than “sample” asks for",
          at: place("sample"), help: "ask for more rows, or group by another column")
      ])
    }
    return Array(drawn)
  }

  /// The part of each row, by its place; `nil` if the data are not split.
  private func parts(of units: [Unit], in data: Dataset) throws(Problems) -> [Int: String]? {
    guard let split = settings.split else { return nil }
    guard !data.columns.contains(Self.splitColumn) else {
      throw Problems([
        Problem(
          "the data “\(data.name)” have a column “\(Self.splitColumn)” already", at: place("split"),
          help: "filter by it, as in where: { split: train }, or leave “split” out")
      ])
    }
    let sizes = split.sizes(of: units.count)
    try check(
      zip(split.parts, sizes).filter { $0.1 == 0 }.map { part, _ in
        Problem(
          "the part “\(part.name)” would be empty: its share is \(part.share) of \(units.count) "
            + (settings.group.isEmpty ? "rows" : "groups"),
          at: place("split"), help: "give it a larger share, or leave it out")
      })
    let names = zip(split.parts, sizes).flatMap { Array(repeating: $0.name, count: $1) }
    let shuffled = units.sorted { ($0.splitting, $0.rows[0]) < ($1.splitting, $1.rows[0]) }
    var parts: [Int: String] = [:]
    for (unit, name) in zip(shuffled, names) {
      for row in unit.rows { parts[row] = name }
    }
    return parts
  }

  private func check(_ problems: [Problem]) throws(Problems) {
    guard problems.isEmpty else { throw Problems(problems) }
  }
}
