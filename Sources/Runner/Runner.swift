import Experiment
import Foundation
import Manuscript
import Statistics
import Tensor

/// Runs experiments: plans, reuses what is there, executes the rest, and makes the record.
public struct Runner: Sendable {
  private let shelf: Shelf
  private let store: ResultStore
  /// Whether to run every cell though its results are there.
  private let rerun: Bool
  private let isCancelled: @Sendable () -> Bool

  /// - Parameters:
  ///   - shelf: where models and data are found.
  ///   - store: where results are kept.
  ///   - rerun: run every cell, whatever is kept.
  ///   - isCancelled: asked often; when it says so the run stops, and keeps what is finished.
  public init(
    shelf: Shelf, store: ResultStore, rerun: Bool = false,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    self.shelf = shelf
    self.store = store
    self.rerun = rerun
    self.isCancelled = isCancelled
  }

  /// What became of a run.
  public struct Outcome: Sendable {
    /// What was found, whole.
    public let record: Record
    /// Claims and inline values that name what no result has.
    public let problems: [Problem]
    /// How many cells ran.
    public let ran: Int
    /// How many cells had their results already.
    public let reused: Int
    /// Labels and messages of the cells that failed.
    public var failures: [(label: String, message: String)] {
      record.cells.compactMap { cell in cell.failure.map { (cell.label, $0) } }
    }
  }

  /// Finds everything that is wrong with an experiment before it runs.
  ///
  /// - Throws: `Problems`, all at once; an error of a model's or a data set's files.
  public func check(_ experiment: Experiment) throws {
    var problems: [Problem] = []
    for cell in experiment.cells {
      do {
        problems += cell.problems(try scope(of: cell, in: experiment))
      } catch let problem as Problem {
        problems.append(problem)
      } catch {
        let location = experiment.model(of: cell.cell)?.location ?? cell.cell.location
        problems.append(Problem("\(error)", at: location))
      }
    }
    guard problems.isEmpty else { throw Problems(problems) }
  }

  /// What a run would do.
  ///
  /// - Throws: as ``check(_:)``.
  public func plan(_ experiment: Experiment) throws -> Plan {
    var keys: [String: CellKey] = [:]
    var models: [String: Int] = [:]
    var parameters = 0
    let steps = try experiment.cells.map { cell in
      let label = cell.cell.label.value
      let scope = try scope(of: cell, in: experiment)
      if let subject = scope.subject { models[subject.name] = subject.model.weightBytes }
      parameters = max(parameters, scope.subject?.model.configuration.parameterCount ?? 0)
      let waits = experiment.needs(of: label).contains { keys[$0] == nil }
      guard !waits else {
        return Plan.Step(label: label, kind: cell.cell.kind, fate: .runAfterTraining, work: cell.work(scope), key: nil)
      }
      let key = key(of: cell, scope: scope, in: experiment, upstream: keys)
      let isKept = !rerun && existing(cell, scope: scope, key: key) != nil
      if isKept || cell.writes == nil { keys[label] = key }
      return Plan.Step(
        label: label, kind: cell.cell.kind, fate: isKept ? .reuse : .run, work: isKept ? Work() : cell.work(scope),
        key: key.digest)
    }
    return Plan(
      experiment: experiment.name, steps: steps, weightBytes: models.values.reduce(0, +),
      parameters: parameters)
  }

  /// Runs an experiment.
  ///
  /// A cell that fails is recorded as failed, and so are those that need it; the others run all the same.
  /// - Parameter watch: told what happens.
  /// - Throws: `Problems` before anything runs; `CancellationError` when stopped, with every finished cell kept.
  public func run(_ experiment: Experiment, watch: @escaping @Sendable (Event) -> Void = { _ in }) throws -> Outcome {
    try check(experiment)
    var done: [String: Record.Cell] = [:]
    var keys: [String: CellKey] = [:]
    var inputs = InputList()
    var (ran, reused) = (0, 0)
    for (index, cell) in experiment.cells.enumerated() {
      if isCancelled() { throw CancellationError() }
      let label = cell.cell.label.value
      let scope = try scope(of: cell, in: experiment)
      inputs.add(cell, scope: scope)
      let key = key(of: cell, scope: scope, in: experiment, upstream: keys)
      keys[label] = key

      if let broken = experiment.needs(of: label).first(where: { done[$0]?.failure != nil }) {
        let message = "needs “\(broken)”, which failed"
        done[label] = Record.Cell(
          label: label, kind: cell.cell.kind, key: key.digest, failure: message, results: Results())
        watch(.failed(label: label, message: message))
        continue
      }
      if !rerun, let results = existing(cell, scope: scope, key: key) {
        reused += 1
        done[label] = Record.Cell(label: label, kind: cell.cell.kind, key: key.digest, results: results)
        watch(.reused(label: label))
        continue
      }
      watch(.started(label: label, kind: cell.cell.kind, index: index, count: experiment.cells.count))
      let start = ContinuousClock.now
      let context = CellContext(
        scope: scope, key: key, seed: experiment.document.frontMatter.seed,
        upstream: done.mapValues(\.results),
        report: { watch(.progress(label: label, done: $0, total: $1)) }, isCancelled: isCancelled)
      ran += 1
      do {
        let results = try cell.run(context)
        try store.save(results, key.digest)
        done[label] = Record.Cell(label: label, kind: cell.cell.kind, key: key.digest, results: results)
        watch(.finished(label: label, seconds: (ContinuousClock.now - start) / .seconds(1)))
      } catch let error as CancellationError {
        throw error
      } catch {
        done[label] = Record.Cell(
          label: label, kind: cell.cell.kind, key: key.digest, failure: "\(error)", results: Results())
        watch(.failed(label: label, message: "\(error)"))
      }
      if let model = cell.writes { shelf.forget(model: model) }
    }
    return outcome(experiment, done: done, inputs: inputs, ran: ran, reused: reused)
  }

  private func outcome(
    _ experiment: Experiment, done: [String: Record.Cell], inputs: InputList, ran: Int, reused: Int
  ) -> Outcome {
    var record = Record(
      experiment: experiment.name, document: experiment.document.source, inputs: inputs.recorded(for: experiment),
      cells: experiment.document.cells.compactMap { done[$0.label.value] }, claims: [])
    for index in record.cells.indices {
      guard let caption = experiment.document[record.cells[index].label]?.caption?.value else { continue }
      if let main = record.cells[index].results.figures.firstIndex(where: { $0.name.isEmpty }) {
        record.cells[index].results.figures[main].caption = caption
      } else if let main = record.cells[index].results.tables.firstIndex(where: { $0.name.isEmpty }) {
        record.cells[index].results.tables[main].caption = caption
      }
    }
    var problems: [Problem] = []
    record.claims = experiment.document.claims.map { Record.Claim($0, in: record, problems: &problems) }
    for value in experiment.document.inlineValues {
      do {
        _ = try value.expression.evaluate(record.resolve)
      } catch {
        problems.append(error)
      }
    }
    // What a failed cell would have named is missing because it failed, which is said already.
    let failed = Set(record.cells.filter { $0.failure != nil }.map(\.label))
    problems.removeAll { problem in failed.contains { problem.message.contains("“\($0).") } }
    return Outcome(record: record, problems: Problems(problems).list, ran: ran, reused: reused)
  }

  private func existing(_ cell: PreparedCell, scope: CellScope, key: CellKey) -> Results? {
    cell.kept(scope, key) ?? (cell.writes == nil ? store.load(key.digest) : nil)
  }

  private func scope(of cell: PreparedCell, in experiment: Experiment) throws -> CellScope {
    var subject: Subject?
    // One that waits for a model cannot read it yet.
    if cell.usesModel, let model = experiment.model(of: cell.cell) {
      let isWritten = experiment.cells.contains { $0.writes == model.value }
      if !isWritten || shelf.hasModel(model.value) { subject = try shelf.subject(model) }
    }
    let data = try experiment.data(of: cell.cell).map { try shelf.dataset($0) }
    return CellScope(cell: cell.cell, subject: subject, data: data, root: shelf.root)
  }

  private func key(
    of cell: PreparedCell, scope: CellScope, in experiment: Experiment, upstream: [String: CellKey]
  ) -> CellKey {
    var parts = [
      "kind": "\(cell.cell.kind) \(cell.version)", "settings": cell.settings,
      "seed": "\(experiment.document.frontMatter.seed)", "engine": Engine.version,
    ]
    if let subject = scope.subject {
      parts["model"] = subject.digest.hex
      parts["linear algebra"] = BLAS.coreType
    }
    if let data = scope.data { parts["data"] = "\(data.digest) \(data.renames.sorted { $0.key < $1.key })" }
    for label in experiment.needs(of: cell.cell.label.value) {
      parts["needs \(label)"] = upstream[label]?.digest.hex
    }
    return CellKey(parts: parts)
  }
}
