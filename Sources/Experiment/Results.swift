/// What one cell found: everything that a report shows and a claim may use.
public struct Results: Codable, Hashable, Sendable {
  /// Numbers and texts by name. Claims and inline values reach them as `label.name`.
  public var values: [String: Value] = [:]
  /// The names of the few values that stand for the whole, in order of importance.
  public var headline: [String] = []
  /// What is drawn; the main figure first.
  public var figures: [Figure] = []
  /// What is tabulated.
  public var tables: [Table] = []
  /// What is to be read: prompts and responses.
  public var galleries: [Gallery] = []
  /// Directions by name. Other cells reach them as `label.name`.
  public var directions: [String: Direction] = [:]
  /// Remarks that a reader must not miss, such as a control that failed.
  public var notes: [String] = []

  /// Nothing found yet.
  public init() {}

  /// The value that a path below the cell's label leads to.
  public subscript(path: [String]) -> Value? {
    guard let first = path.first, let start = values[first] else { return nil }
    return path.dropFirst().reduce(start as Value?) { value, name in value?[name] }
  }
}
