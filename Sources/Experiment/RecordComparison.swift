import Foundation
import Manuscript

/// Two records of one experiment side by side: the inputs that changed, then everything that came out.
public struct RecordComparison: Hashable, Sendable {
  /// A named thing before and after, as text; `nil` where it was not there.
  public struct Change: Hashable, Sendable, Codable {
    /// What it is, as in `seed` or `model aligned-small`.
    public let name: String
    /// What it was.
    public let before: String?
    /// What it is now.
    public let after: String?

    /// A thing before and after.
    public init(name: String, before: String?, after: String?) {
      (self.name, self.before, self.after) = (name, before, after)
    }
  }

  /// One value before and after.
  public struct Moved: Hashable, Sendable, Codable {
    /// The path that claims use, from the cell's label.
    public let path: String
    /// What it was.
    public let before: Value?
    /// What it is now.
    public let after: Value?
    /// How it moved.
    public let movement: Movement

    /// A value before and after; at least one of them is there.
    public init(path: String, before: Value?, after: Value?) {
      (self.path, self.before, self.after) = (path, before, after)
      movement = Movement(from: before, to: after)
    }
  }

  /// A figure that differs, or is on one side alone.
  public struct Drawn: Hashable, Sendable {
    /// The cell's label, and the figure's own name behind a dot.
    public let name: String
    /// What was drawn.
    public let before: Figure?
    /// What is drawn now.
    public let after: Figure?
  }

  /// The experiment.
  public let experiment: String
  /// The inputs that changed.
  public let inputs: [Change]
  /// The verdicts, wordings and failures that changed.
  public let outcomes: [Change]
  /// Every value, by path, cells in the order of the later record.
  public let values: [Moved]
  /// The figures that differ.
  public let figures: [Drawn]
  /// Tables, galleries, directions and notes that differ, by name.
  public let others: [Change]

  /// Whether nothing at all differs.
  public var isEqual: Bool {
    inputs.isEmpty && outcomes.isEmpty && figures.isEmpty && others.isEmpty
      && values.allSatisfy { $0.movement == .equal }
  }

  /// Compares two records; one of them may be absent.
  public init(_ experiment: String, from before: Record?, to after: Record?) {
    self.experiment = experiment
    inputs = Self.changes(Self.inputs(of: before), Self.inputs(of: after))
    outcomes = Self.changes(Self.outcomes(of: before), Self.outcomes(of: after))
    let old = Self.values(of: before)
    let new = Self.values(of: after)
    let (known, kept) = (Dictionary(old) { first, _ in first }, Set(new.map(\.0)))
    values =
      new.map { path, value in
        Moved(path: path, before: known[path], after: value)
      }
      + old.filter { !kept.contains($0.0) }.map { Moved(path: $0.0, before: $0.1, after: nil) }
    let (drawn, redrawn) = (Self.figures(of: before), Self.figures(of: after))
    figures = Self.names(drawn, redrawn).compactMap { name in
      drawn[name] == redrawn[name] ? nil : Drawn(name: name, before: drawn[name], after: redrawn[name])
    }
    others = Self.changes(Self.others(of: before), Self.others(of: after))
  }

  private static func changes(_ before: [String: String], _ after: [String: String]) -> [Change] {
    names(before, after).compactMap { name in
      before[name] == after[name] ? nil : Change(name: name, before: before[name], after: after[name])
    }
  }

  private static func names<T>(_ before: [String: T], _ after: [String: T]) -> [String] {
    Set(before.keys).union(after.keys).sorted()
  }

  private static func inputs(of record: Record?) -> [String: String] {
    guard let inputs = record?.inputs else { return [:] }
    var lines = [
      "document": inputs.document.hex, "engine": inputs.engine, "linear algebra": inputs.linearAlgebra,
      "seed": "\(inputs.seed)",
    ]
    for source in inputs.models { lines["model \(source.name)"] = source.digest.hex }
    for source in inputs.data { lines["data \(source.name)"] = source.digest.hex }
    for (kind, version) in inputs.plugins { lines["cell kind \(kind)"] = "version \(version)" }
    for (name, value) in inputs.overrides { lines["set \(name)"] = value }
    return lines
  }

  private static func outcomes(of record: Record?) -> [String: String] {
    guard let record else { return [:] }
    var lines: [String: String] = [:]
    for claim in record.claims {
      lines["claim \(claim.label)"] = claim.verdict.rawValue
      lines["wording of \(claim.label)"] = claim.wording
    }
    for cell in record.cells {
      if let failure = cell.failure { lines["cell \(cell.label)"] = "failed: \(failure)" }
    }
    return lines
  }

  private static func values(of record: Record?) -> [(String, Value)] {
    (record?.cells ?? []).flatMap { cell in
      Value.group(cell.results.values).leaves().map { ("\(cell.label).\($0.path)", $0.value) }
    }
  }

  private static func figures(of record: Record?) -> [String: Figure] {
    let named = (record?.cells ?? []).flatMap { cell in
      cell.results.figures.map { (Record.stem(cell.label, $0.name), $0) }
    }
    return Dictionary(named) { first, _ in first }
  }

  private static func others(of record: Record?) -> [String: String] {
    var lines: [String: String] = [:]
    func add(_ name: String, _ value: some Encodable) {
      lines[name] = (try? CanonicalJSON.encode(value)).map { String(decoding: $0, as: UTF8.self) }
    }
    for cell in record?.cells ?? [] {
      for table in cell.results.tables { add("table \(Record.stem(cell.label, table.name))", table) }
      if !cell.results.galleries.isEmpty { add("galleries of \(cell.label)", cell.results.galleries) }
      if !cell.results.directions.isEmpty { add("directions of \(cell.label)", cell.results.directions) }
      if !cell.results.notes.isEmpty { add("notes of \(cell.label)", cell.results.notes) }
    }
    for set in record?.promptSets ?? [] { add("\(set.model) reading \(set.data)", set.results) }
    return lines
  }
}

extension Record.Claim {
  /// What is claimed, to the letter: two claims of one wording claim the same.
  public var wording: String {
    ([says.trimmingCharacters(in: .whitespacesAndNewlines)] + expectations.map(\.source)).joined(separator: "\n")
  }
}
