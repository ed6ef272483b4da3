import Foundation
import Manuscript
import Tensor

/// What a cell runs in: its inputs, the results that it names, and a way to say how far it has come.
public struct CellContext: Sendable {
  /// The cell with its model and data.
  public let scope: CellScope
  /// What this run's results depend on.
  public let key: CellKey
  private let seed: UInt64
  private let upstream: [String: Results]
  private let report: @Sendable (Int, Int) -> Void
  private let note: @Sendable (Observation) -> Void
  private let isCancelled: @Sendable () -> Bool

  /// - Parameters:
  ///   - seed: the document's seed.
  ///   - upstream: the results of the cells that this one names, by label.
  ///   - report: told how many units of work are done, of how many.
  ///   - note: given what is measured.
  ///   - isCancelled: whether to stop.
  public init(
    scope: CellScope, key: CellKey, seed: UInt64, upstream: [String: Results],
    report: @escaping @Sendable (Int, Int) -> Void, note: @escaping @Sendable (Observation) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool
  ) {
    self.scope = scope
    self.key = key
    self.seed = seed
    self.upstream = upstream
    self.report = report
    self.note = note
    self.isCancelled = isCancelled
  }

  /// The model under study.
  ///
  /// - Throws: `Problem` if neither the cell nor the document names one.
  public var subject: Subject {
    get throws {
      guard let subject = scope.subject else {
        throw Problem(
          "{\(scope.cell.kind)} needs a model", at: scope.cell.location,
          help: "add “model: NAME” to the front matter")
      }
      return subject
    }
  }

  /// The data.
  ///
  /// - Throws: `Problem` if neither the cell nor the document names any.
  public var data: Dataset {
    get throws {
      guard let data = scope.data else {
        throw Problem(
          "{\(scope.cell.kind)} needs data", at: scope.cell.location, help: "add “data: NAME” to the front matter")
      }
      return data
    }
  }

  /// Random numbers for one purpose; a function of the document's seed, the cell's kind and the purpose.
  public func stream(_ purpose: String) -> RandomStream {
    RandomStream(seed: seed, purpose: "\(scope.cell.kind)/\(purpose)")
  }

  /// The rows that a filter accepts, as prompts.
  ///
  /// - Parameter positions: where they will be read: if that is in the response, the row's stands behind the prompt.
  /// - Throws: an error of the template or the tokenizer, or a `Problem` if there is no model or no data.
  public func prompts(where filter: RowFilter = .everything, readAt positions: [Position] = []) throws -> [Prompt] {
    let (subject, data) = (try subject, try data)
    let answered = positions.contains { $0.anchor == .response }
    return try data.rows.indices.filter { filter.accepts(data.rows[$0]) }.map {
      try subject.prompt(for: data.rows[$0], at: $0, in: data, answered: answered)
    }
  }

  /// The direction that a setting names.
  ///
  /// - Throws: `Problem` if the cell named has no such direction, or found it in another model.
  public func direction(_ reference: Reference) throws -> Direction {
    let known = upstream[reference.label]?.directions ?? [:]
    guard let direction = known[reference.name] else {
      throw Problem.unknown(
        reference.name, kind: "direction", in: "in the results of “\(reference.label)”", allowed: known.keys,
        at: reference.location)
    }
    guard direction.model == (try subject.digest) else {
      throw Problem(
        "the direction “\(reference.written)” was found in another model (digest \(direction.model.short))",
        at: reference.location, expected: "expected: a direction of the model \(try subject.digest.short)")
    }
    return direction
  }

  /// The results of a cell that a setting names.
  public func results(of reference: Reference) -> Results? { upstream[reference.label] }

  /// Gives what was measured, which is no result: kinds that do so say that they measure.
  public func observed(_ observation: Observation) { note(observation) }

  /// Says how far the cell has come, and stops it if it was told to stop.
  ///
  /// - Throws: `CancellationError` when the run is being stopped.
  public func progress(_ done: Int, of total: Int) throws {
    report(done, total)
    if isCancelled() { throw CancellationError() }
  }
}
