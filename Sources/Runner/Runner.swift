import Experiment
import Foundation
import Manuscript
import Statistics
import Synchronization
import Tensor
import Transformer

/// Runs experiments: plans, reuses what is there, executes the rest, and makes the record.
public struct Runner: Sendable {
  private let shelf: Shelf
  private let store: ResultStore
  /// Whether to run every cell though its results are there.
  private let rerun: Bool
  /// The bytes that a run may take; as many as it likes if `nil`.
  private let memory: Int?
  private let isCancelled: @Sendable () -> Bool

  /// - Parameters:
  ///   - shelf: where models and data are found.
  ///   - store: where results are kept.
  ///   - rerun: run every cell, whatever is kept.
  ///   - memory: the bytes that a run may take: batches are made smaller to fit, and what cannot fit is refused.
  ///   - isCancelled: asked often; when it says so the run stops, and keeps what is finished.
  public init(
    shelf: Shelf, store: ResultStore, rerun: Bool = false, memory: Int? = nil,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    self.shelf = shelf
    self.store = store
    self.rerun = rerun
    self.memory = memory
    self.isCancelled = isCancelled
  }

  /// What became of a run.
  public struct Outcome: Sendable {
    /// What was found, whole.
    public let record: Record
    /// Claims and inline values that name what no result has.
    public let problems: [Problem]
    /// What the cells that ran measured, by label.
    public var observations: [String: [Observation]] = [:]
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
      } catch let error as Problems {
        problems += error.list
      } catch let problem as Problem {
        problems.append(problem)
      } catch let error as DatasetError {
        let place = "\(error.file)\(error.line.map { ":\($0)" } ?? "")"
        problems.append(
          Problem(
            "\(place): data with \(error.found)",
            at: experiment.data(of: cell.cell)?.location ?? cell.cell.location,
            expected: error.expected.map { "expected: \($0)" }))
      } catch {
        let location = experiment.model(of: cell.cell)?.path.location ?? cell.cell.location
        problems.append(Problem("\(error)", at: location))
      }
    }
    guard problems.isEmpty else { throw Problems(problems) }
  }

  /// What a run would do.
  ///
  /// - Throws: as ``check(_:)``.
  public func plan(_ experiment: Experiment) throws -> Plan {
    try plan(experiment, weights: weightBytes(of: experiment))
  }

  private func plan(_ experiment: Experiment, weights: Int) throws -> Plan {
    var keys: [String: CellKey] = [:]
    var parameters = 0
    let steps = try experiment.cells.map { cell in
      let label = cell.cell.label.value
      let scope = try scope(of: cell, in: experiment)
      parameters = max(parameters, scope.subject?.model.configuration.parameterCount ?? 0)
      let waits = experiment.needs(of: label).contains { keys[$0] == nil }
      guard !waits else {
        return step(of: cell, fate: .runAfterTraining, scope: scope, weights: weights, key: nil)
      }
      let key = key(of: cell, scope: scope, in: experiment, upstream: keys)
      let isKept = !rerun && existing(cell, scope: scope, key: key, in: experiment) != nil
      if isKept || cell.writes == nil { keys[label] = key }
      return step(of: cell, fate: isKept ? .reuse : .run, scope: scope, weights: weights, key: key.digest)
    }
    let certificates = try readings(of: experiment).filter { kept($0) == nil }.map { reading in
      let work = reading.work
      // What does not fit is told with the least that it needs.
      let limits = Memory.limits(for: work, subject: reading.subject, weights: weights, within: memory ?? .max)
      return Memory(work, subject: reading.subject, weights: weights, limits: limits ?? Memory.least)
    }
    return Plan(
      experiment: experiment.name, steps: steps, certificates: certificates.max { $0.peak < $1.peak },
      parameters: parameters)
  }

  private func step(
    of cell: PreparedCell, fate: Plan.Step.Fate, scope: CellScope, weights: Int, key: Digest?
  ) -> Plan.Step {
    let work = fate == .reuse ? Work() : cell.work(scope)
    // What does not fit is told with the least that it needs.
    let limits = Memory.limits(for: work, subject: scope.subject, weights: weights, within: memory ?? .max)
    return Plan.Step(
      label: cell.cell.label.value, kind: cell.cell.kind, fate: fate, work: work,
      memory: fate == .reuse
        ? Memory() : Memory(work, subject: scope.subject, weights: weights, limits: limits ?? Memory.least), key: key)
  }

  /// Bytes of the weights of all models that an experiment uses: they stay while it runs.
  private func weightBytes(of experiment: Experiment) throws -> Int {
    var models: [String: Int] = [:]
    for cell in experiment.cells {
      if let subject = try scope(of: cell, in: experiment).subject {
        models[subject.name] = subject.model.weightBytes
      }
    }
    return models.values.reduce(0, +)
  }

  /// - Returns: the work of each cell that is known by now, so that it is counted once.
  /// - Throws: `Problems` with every cell that would have to run and needs more memory than is allowed.
  private func refuseWhatDoesNotFit(_ experiment: Experiment, weights: Int) throws -> [String: Work] {
    guard let memory else { return [:] }
    let plan = try plan(experiment, weights: weights)
    var problems = zip(experiment.cells, plan.steps).compactMap { cell, step in
      step.fate == .reuse || step.memory.peak <= memory
        ? nil : tooLarge(step.memory, for: cell, allowed: memory)
    }
    if let certificates = plan.certificates, certificates.peak > memory {
      problems.append(tooLarge(certificates, of: experiment, allowed: memory))
    }
    guard problems.isEmpty else { throw Problems(problems) }
    return Dictionary(uniqueKeysWithValues: plan.steps.filter { $0.fate == .run }.map { ($0.label, $0.work) })
  }

  private func tooLarge(_ least: Memory, for cell: PreparedCell, allowed: Int) -> Problem {
    Problem(
      "the cell “\(cell.cell.label.value)” needs \(ByteCount(least.peak)), and \(ByteCount(allowed)) are allowed: "
        + least.parts, at: cell.cell.location,
      help: "allow more memory, or read fewer rows, layers or positions")
  }

  private func tooLarge(_ least: Memory, of experiment: Experiment, allowed: Int) -> Problem {
    Problem(
      "the parity certificate needs \(ByteCount(least.peak)), and \(ByteCount(allowed)) are allowed: " + least.parts,
      at: SourceLocation(file: experiment.document.file, line: 1, column: 1), help: "allow more memory")
  }

  /// Makes batches small enough for the cell to fit the budget.
  ///
  /// - Throws: `Problem` with the number that it needs, if it cannot.
  private func fit(_ cell: PreparedCell, _ scope: CellScope, work: Work?, weights: Int) throws {
    guard let memory else { return }
    let work = work ?? cell.work(scope)
    guard let limits = Memory.limits(for: work, subject: scope.subject, weights: weights, within: memory) else {
      let least = Memory(work, subject: scope.subject, weights: weights, limits: Memory.least)
      throw tooLarge(least, for: cell, allowed: memory)
    }
    BatchLimits.current = limits
  }

  /// Runs an experiment.
  ///
  /// A cell that fails is recorded as failed, and so are those that need it; the others run all the same.
  /// - Parameter watch: told what happens.
  /// - Throws: `Problems` before anything runs; `CancellationError` when stopped, with every finished cell kept.
  public func run(_ experiment: Experiment, watch: @escaping @Sendable (Event) -> Void = { _ in }) throws -> Outcome {
    try check(experiment)
    let weights = try weightBytes(of: experiment)
    let works = try refuseWhatDoesNotFit(experiment, weights: weights)
    defer { BatchLimits.current = BatchLimits() }
    var done: [String: Record.Cell] = [:]
    var keys: [String: CellKey] = [:]
    var inputs = InputList()
    let measured = Mutex<[String: [Observation]]>([:])
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
      if !rerun, let results = existing(cell, scope: scope, key: key, in: experiment) {
        reused += 1
        done[label] = Record.Cell(label: label, kind: cell.cell.kind, key: key.digest, results: results)
        watch(.reused(label: label))
        continue
      }
      try fit(cell, scope, work: works[label], weights: weights)
      watch(.started(label: label, kind: cell.cell.kind, index: index, count: experiment.cells.count))
      let start = ContinuousClock.now
      let context = CellContext(
        scope: scope, key: key, seed: cell.seed ?? experiment.document.frontMatter.seed,
        upstream: done.mapValues(\.results),
        report: { watch(.progress(label: label, done: $0, total: $1)) },
        note: { observation in measured.withLock { $0[label, default: []].append(observation) } },
        isCancelled: isCancelled)
      ran += 1
      do {
        let results = try cell.run(context).redacting(experiment.document.frontMatter.redact)
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
    let promptSets = try promptSets(of: experiment, weights: weights, watch: watch)
    var outcome = outcome(experiment, done: done, inputs: inputs, promptSets: promptSets, ran: ran, reused: reused)
    outcome.observations = measured.withLock { $0 }
    return outcome
  }

  /// How each model reads each data set that some cell gives it.
  private func promptSets(
    of experiment: Experiment, weights: Int, watch: (Event) -> Void
  ) throws -> [PromptSet] {
    try readings(of: experiment).map { reading in
      if isCancelled() { throw CancellationError() }
      let (model, kept) = (reading.subject.name, kept(reading))
      if kept == nil, let memory {
        let limits = Memory.limits(for: reading.work, subject: reading.subject, weights: weights, within: memory)
        guard let limits else {
          let least = Memory(reading.work, subject: reading.subject, weights: weights, limits: Memory.least)
          throw tooLarge(least, of: experiment, allowed: memory)
        }
        BatchLimits.current = limits
      }
      let set = PromptSet(
        model: model, data: reading.data.name, key: reading.key,
        results: try kept
          ?? reading.results { done, total in
            watch(.comparing(model: model, done: done, total: total))
            if isCancelled() { throw CancellationError() }
          })
      if kept == nil {
        try store.save(set.results, set.key)
        watch(.read(set))
      }
      return set
    }
  }

  /// Each model with each data set that some cell gives it.
  private func readings(of experiment: Experiment) throws -> [Reading] {
    var readings: [Reading] = []
    for cell in experiment.cells {
      let scope = try scope(of: cell, in: experiment)
      guard let subject = scope.subject, let data = scope.data else { continue }
      let known = readings.firstIndex {
        $0.subject.digest == subject.digest && $0.data.identity == data.identity
      }
      if let known {
        readings[known].add(cell.positions)
      } else {
        var reading = Reading(subject: subject, data: data, frontMatter: experiment.document.frontMatter)
        reading.add(cell.positions)
        readings.append(reading)
      }
    }
    return readings
  }

  private func kept(_ reading: Reading) -> Results? {
    rerun ? nil : store.load(reading.key).flatMap { PromptSet.isWhole($0) ? $0 : nil }
  }

  private func outcome(
    _ experiment: Experiment, done: [String: Record.Cell], inputs: InputList, promptSets: [PromptSet],
    ran: Int, reused: Int
  ) -> Outcome {
    var record = Record(
      experiment: experiment.name, document: experiment.document.source, inputs: inputs.recorded(for: experiment),
      cells: experiment.document.cells.compactMap { done[$0.label.value] }, claims: [], promptSets: promptSets)
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

  private func existing(
    _ cell: PreparedCell, scope: CellScope, key: CellKey, in experiment: Experiment
  ) -> Results? {
    // What a kind keeps beside what it wrote never left the kind; what the store has was redacted before it was saved.
    let results =
      cell.kept(scope, key)?.redacting(experiment.document.frontMatter.redact)
      ?? (cell.writes == nil ? store.load(key.digest) : nil)
    guard let results, let file = cell.file(scope) else { return results }
    guard let data = try? Data(contentsOf: file) else { return nil }
    return results.values["digest"] == .text(Digest(of: data).hex) ? results : nil
  }

  func scope(of cell: PreparedCell, in experiment: Experiment) throws -> CellScope {
    var subject: Subject?
    // One that waits for a model cannot read it yet.
    if cell.usesModel, let model = experiment.model(of: cell.cell) {
      let isWritten = experiment.cells.contains { $0.writes == model.path.value }
      if !isWritten || shelf.hasModel(model.path.value) { subject = try shelf.subject(model) }
    }
    let data = try experiment.data(of: cell.cell).map {
      try shelf.dataset($0, seed: experiment.document.frontMatter.seed)
    }
    return CellScope(cell: cell.cell, subject: subject, data: data, root: shelf.root)
  }

  func key(
    of cell: PreparedCell, scope: CellScope, in experiment: Experiment, upstream: [String: CellKey]
  ) -> CellKey {
    var parts = [
      "kind": "\(cell.cell.kind) \(cell.version)", "settings": cell.settings,
      "seed": "\(cell.seed ?? experiment.document.frontMatter.seed)", "engine": Engine.version,
    ]
    if let subject = scope.subject {
      parts["model"] = subject.digest.hex
      parts["linear algebra"] = BLAS.coreType
    }
    if let data = scope.data { parts["data"] = data.identity }
    // A model need not be written again because less is shown of it: its results are not looked for in the store.
    let redact = experiment.document.frontMatter.redact
    if !redact.isEmpty, cell.writes == nil { parts["redact"] = redact.map(\.rawValue).sorted().joined(separator: " ") }
    for label in experiment.needs(of: cell.cell.label.value) {
      parts["needs \(label)"] = upstream[label]?.digest.hex
    }
    return CellKey(parts: parts)
  }
}
