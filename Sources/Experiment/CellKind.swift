import Foundation
import Manuscript

/// A kind of executable cell: the seam at which Palimpsest is extended.
///
/// A kind declares what its body may hold, can say beforehand what is wrong with it, and turns a context into results.
/// It is a value without state: equal settings and equal inputs must give equal results, to the bit.
///
///     struct ParameterCount: CellKind {
///       struct Settings: CellSettings {
///         static let keys: [SettingKey<Self>] = []
///       }
///       static let name = "parameter_count"
///       static let version = 1
///       static let summary = "Counts the model's parameters."
///       static func run(_ settings: Settings, in context: CellContext) throws -> Results {
///         var results = Results()
///         results.values["count"] = .integer(try context.subject.model.configuration.parameterCount)
///         return results
///       }
///     }
public protocol CellKind: Sendable {
  associatedtype Settings: CellSettings

  /// The word between the braces of the fence.
  static var name: String { get }
  /// Raised whenever equal settings may give other results than before: recorded results are then computed anew.
  static var version: Int { get }
  /// What the kind does: one sentence for the reference documentation.
  static var summary: String { get }

  /// Whether the results depend on the model under study; true unless a kind says otherwise.
  static var usesModel: Bool { get }

  /// Whether it measures what differs between equal runs, such as wall times; false unless a kind says otherwise.
  static var measures: Bool { get }

  /// What is wrong with the settings, given the model and the data: found before anything runs.
  static func problems(_ settings: Settings, in scope: CellScope) -> [Problem]

  /// The model that running this cell writes, by name, if it writes one: cells that use that model wait for it.
  static func writes(_ settings: Settings) -> String?

  /// The file that running this cell writes, if it writes one: its results hold the file's SHA-256 as `digest`, and are
  /// reused only while the file has it.
  static func file(_ settings: Settings, in scope: CellScope) -> URL?

  /// Results that are kept beside what the cell wrote, if they were made with this key: then it need not run.
  static func kept(_ settings: Settings, in scope: CellScope, key: CellKey) -> Results?

  /// How much work running will be.
  static func work(_ settings: Settings, in scope: CellScope) -> Work

  /// Runs the cell.
  ///
  /// - Throws: an error whose description a researcher can act on; `CancellationError` when told to stop.
  static func run(_ settings: Settings, in context: CellContext) throws -> Results
}

extension CellKind {
  /// True: most kinds do.
  public static var usesModel: Bool { true }
  /// False: most kinds have results alone.
  public static var measures: Bool { false }
  /// None.
  public static func problems(_ settings: Settings, in scope: CellScope) -> [Problem] { [] }
  /// Nothing.
  public static func writes(_ settings: Settings) -> String? { nil }
  /// None.
  public static func file(_ settings: Settings, in scope: CellScope) -> URL? { nil }
  /// None.
  public static func kept(_ settings: Settings, in scope: CellScope, key: CellKey) -> Results? { nil }
  /// Unknown, counted as none.
  public static func work(_ settings: Settings, in scope: CellScope) -> Work { Work() }
}

/// How much work a cell is, as far as can be told before it runs.
public struct Work: Hashable, Sendable {
  /// Tokens that pass through the whole model.
  public var tokens: Int
  /// Bytes that what is kept at one time takes: activations, and what is made of them.
  public var bytes: Int
  /// Sequences that are run in one go.
  public var sequences: Int
  /// Tokens of the longest of them, with what is generated.
  public var longest: Int
  /// Whether they are continued, with a cache of keys and values for each.
  public var generates: Bool
  /// Whether their unchanged run is kept, for changed ones to start from.
  public var sweeps = false

  /// So much work.
  public init(tokens: Int = 0, bytes: Int = 0, sequences: Int = 0, longest: Int = 0, generates: Bool = false) {
    self.tokens = tokens
    self.bytes = bytes
    self.sequences = sequences
    self.longest = longest
    self.generates = generates
  }
}
