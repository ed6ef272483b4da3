/// The name of a commit: 40 lower-case hexadecimal digits.
public struct CommitID: Hashable, Sendable, Codable, CustomStringConvertible {
  /// All 40 digits.
  public let hex: String

  /// Reads a full commit name; `nil` unless it is 40 lower-case hexadecimal digits.
  public init?(hex: String) {
    guard hex.utf8.count == 40, hex.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else {
      return nil
    }
    self.hex = hex
  }

  init(trusted hex: String) { self.hex = hex }

  /// The first 10 digits: enough for people.
  public var short: String { String(hex.prefix(10)) }

  /// All 40 digits.
  public var description: String { hex }
}
