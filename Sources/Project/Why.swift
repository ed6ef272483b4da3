import Experiment
import Foundation
import Manuscript
import Runner
import Tensor

extension Project {
  /// Why a cell would run, or need not.
  public struct Reason: Sendable, Encodable {
    /// The cell's label.
    public let cell: String
    /// Whether its key is the one that its newest record has.
    public let isUnchanged: Bool
    /// The inputs that changed since then, with what they were and are.
    public let changes: [RecordComparison.Change]
    /// What else is to be said.
    public let note: String?
  }

  /// Which inputs of an experiment's cells changed since its newest record.
  ///
  /// - Parameter name: an experiment, or `EXPERIMENT.cell`.
  /// - Throws: `ProjectError.noSuchDocument`, `.noSuchCell`; `Problems` if the document is wrong.
  public func why(_ name: String, overrides: [String: String] = [:]) throws -> [Reason] {
    let (source, label) = try named(name)
    let experiment = try experiment(source, overrides: overrides)
    let runner = Runner(shelf: shelf, store: .none)
    try runner.check(experiment)
    let labels = experiment.cells.map { $0.cell.label.value }
    if let label, !labels.contains(label) {
      throw ProjectError.noSuchCell(label: label, experiment: source.name, known: labels)
    }
    let keys = try runner.keys(of: experiment)
    let record = try newestRecords().first { $0.experiment == source.name }
    let old = record.flatMap { record in
      try? Experiment(
        name: record.experiment, source: record.document, file: source.path, overrides: record.inputs.overrides,
        registry: registry)
    }
    return try experiment.document.cells.map(\.label.value).filter {
      labels.contains($0) && (label == nil || $0 == label)
    }
    .map { label in
      guard let record, let recorded = record.cell(label) else {
        return Reason(cell: label, isUnchanged: false, changes: [], note: "no record has it yet")
      }
      guard let key = keys[label] else {
        return Reason(cell: label, isUnchanged: false, changes: [], note: "it waits for a model to be written")
      }
      if key.digest == recorded.key {
        return Reason(
          cell: label, isUnchanged: true, changes: [],
          note: recorded.failure.map { "it failed, and runs again: \($0)" })
      }
      let changes = try changes(of: label, key, in: experiment, from: record, old)
      return Reason(
        cell: label, isUnchanged: false, changes: changes,
        note: changes.isEmpty ? "an input that records do not list by itself: positions, redaction, or rows drawn" : nil
      )
    }
  }

  private func named(_ name: String) throws -> (Source, label: String?) {
    if let source = try sources().first(where: { $0.name == name }) { return (source, nil) }
    if let dot = name.lastIndex(of: "."), let source = try sources().first(where: { $0.name == name[..<dot] }) {
      return (source, String(name[name.index(after: dot)...]))
    }
    guard let source = try sources([name]).first else {
      throw ProjectError.noSuchDocument(path: name, known: try sources().map(\.name), suggestion: nil)
    }
    return (source, nil)
  }

  /// The parts of a cell's key that differ from what the record says of the run before.
  private func changes(
    of label: String, _ key: CellKey, in experiment: Experiment, from record: Record, _ old: Experiment?
  ) throws -> [RecordComparison.Change] {
    let inputs = record.inputs
    let cell = experiment.cells.first { $0.cell.label.value == label }
    let before = old?.cells.first { $0.cell.label.value == label }
    var changes: [RecordComparison.Change] = []
    func add(_ name: String, _ was: String?, _ now: String?) {
      if was != now { changes.append(RecordComparison.Change(name: name, before: was, after: now)) }
    }
    for need in experiment.needs(of: label) {
      guard let now = key.parts["needs \(need)"] else { continue }
      add("the cell “\(need)”, which it needs", record.cell(need)?.key.short, Digest(hex: now)?.short ?? now)
    }
    add("seed", "\(inputs.seed)", key.parts["seed"])
    add("engine", inputs.engine, key.parts["engine"])
    if let now = key.parts["linear algebra"] { add("linear algebra", inputs.linearAlgebra, now) }
    if let cell {
      add(
        "cell kind", record.cell(label).map { "\($0.kind) \(inputs.plugins[$0.kind] ?? 0)" },
        "\(cell.cell.kind) \(cell.version)")
      if let model = experiment.model(of: cell.cell), let now = key.parts["model"] {
        let was = before.flatMap { old?.model(of: $0.cell) }
        let digest = inputs.models.first { $0.name == was?.name }?.digest
        add("model", digest.map { "\(was?.name ?? "") \($0.short)" }, "\(model.name) \(now.prefix(12))")
      }
      if let data = experiment.data(of: cell.cell) {
        let was = before.flatMap { old?.data(of: $0.cell) }
        try addData(data, was, inputs, add: add)
      }
    }
    let (was, now) = (lines(before?.settings), lines(cell?.settings))
    if before != nil {
      for name in Set(was.keys).union(now.keys).sorted() { add("setting \(name)", was[name], now[name]) }
    }
    return changes
  }

  private func addData(
    _ data: YAMLValue, _ was: YAMLValue?, _ inputs: Record.Inputs, add: (String, String?, String?) -> Void
  ) throws {
    func name(_ yaml: YAMLValue) -> String { (yaml["file"] ?? yaml).string ?? "" }
    let now = try shelf.dataset(data, seed: inputs.seed)
    let digest = inputs.data.first { $0.name == was.map(name) }?.digest
    add("data", digest.map { "\(was.map(name) ?? "") \($0.short)" }, "\(now.name) \(now.digest.short)")
    if let was, "\(was.summary)" != "\(data.summary)" { add("rows of the data", was.summary, data.summary) }
  }

  /// Settings by name.
  private func lines(_ settings: String?) -> [String: String] {
    let pairs = (settings ?? "").split(separator: "\n").map { line in
      let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
    }
    return Dictionary(pairs) { first, _ in first }
  }
}
