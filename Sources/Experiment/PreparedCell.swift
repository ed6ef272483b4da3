import Foundation
import Manuscript

/// A cell whose settings have been read: ready to be checked, planned and run, whatever its kind.
public struct PreparedCell: Sendable {
  /// The cell as it stands in the document.
  public let cell: Cell
  /// The version of its kind.
  public let version: Int
  /// Whether its results depend on the model under study.
  public let usesModel: Bool
  /// Every setting with its value, as one text: equal texts, equal settings.
  public let settings: String
  /// The places in prompts that its settings name.
  public let positions: [Position]
  /// The cells that its settings name.
  public let references: [Reference]
  /// The seed of its random numbers, if not the document's.
  public let seed: UInt64?
  /// The model that it writes, by name.
  public let writes: String?
  /// What is wrong with its settings, given the model and the data.
  public let problems: @Sendable (CellScope) -> [Problem]
  /// How much work it is.
  public let work: @Sendable (CellScope) -> Work
  /// The file that it writes, whose digest its results hold.
  public let file: @Sendable (CellScope) -> URL?
  /// Results kept beside what it wrote, if they were made with that key.
  public let kept: @Sendable (CellScope, CellKey) -> Results?
  /// Runs it.
  public let run: @Sendable (CellContext) throws -> Results

  /// Keys that every cell may have, whatever its kind.
  static let common = ["label", "caption", "model", "data", "seed"]

  /// Reads a cell as one of a kind.
  ///
  /// - Throws: `Problems` with everything that is wrong with its body.
  init<Kind: CellKind>(_ cell: Cell, as kind: Kind.Type) throws(Problems) {
    let settings = try Kind.Settings.read(
      cell.parameters, kind: cell.kind, at: cell.location, common: Self.common)
    do {
      seed = try cell.body["seed"].map { yaml throws(Problem) in try UInt64.read(yaml) }
    } catch {
      throw Problems([Problem("“seed”: \(error.message)", at: error.location, expected: error.expected)])
    }
    self.cell = cell
    version = kind.version
    usesModel = kind.usesModel && kind.writes(settings) == nil
    self.settings = settings.canonical
    positions = settings.positions
    references = settings.references
    writes = kind.writes(settings)
    problems = { kind.problems(settings, in: $0) }
    work = { kind.work(settings, in: $0) }
    file = { kind.file(settings, in: $0) }
    kept = { kind.kept(settings, in: $0, key: $1) }
    run = { try kind.run(settings, in: $0) }
  }
}
