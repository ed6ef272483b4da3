import Manuscript

/// Another cell's result, by the name that the document gives it: `refusal.best`.
///
/// Naming a result is the only way in which one cell can depend on another.
public struct Reference: SettingValue, Hashable {
  /// The label of the cell.
  public let label: String
  /// The name of the result within it.
  public let name: String
  /// Where the document names it.
  public let location: SourceLocation

  /// A result of a cell.
  public init(label: String, name: String, location: SourceLocation) {
    (self.label, self.name, self.location) = (label, name, location)
  }

  /// What may be written, for messages and documentation.
  public static var form: String { "a cell's result, as label.name" }
  /// The value as a document would write it.
  public var written: String { name.isEmpty ? label : "\(label).\(name)" }
  /// The cells that this value names.
  public var references: [Reference] { [self] }

  /// Reads the value; see ``SettingValue/read(_:)``.
  public static func read(_ yaml: YAMLValue) throws(Problem) -> Reference {
    guard let text = yaml.string else { throw mismatch(yaml) }
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let label = parts.first, !label.isEmpty, parts.allSatisfy({ !$0.isEmpty }) else { throw mismatch(yaml) }
    return Reference(label: label, name: parts.count > 1 ? parts[1] : "", location: yaml.location)
  }

  /// Equal names, wherever they stand.
  public static func == (a: Reference, b: Reference) -> Bool { a.label == b.label && a.name == b.name }

  /// Hashes what makes two of them equal.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(label)
    hasher.combine(name)
  }
}
