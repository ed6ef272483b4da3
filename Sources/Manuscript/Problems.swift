/// Everything that is wrong with a document, reported at once and in the order of the text.
public struct Problems: Error, Sendable, CustomStringConvertible {
  /// The problems by place; each is listed once.
  public let list: [Problem]

  /// Sorts problems by place and drops repetitions.
  public init(_ list: [Problem]) {
    var seen = Set<Problem>()
    self.list = list.filter { seen.insert($0).inserted }
      .enumerated()
      .sorted { ($0.element.location, $0.offset) < ($1.element.location, $1.offset) }
      .map(\.element)
  }

  /// One problem after another, each on its own lines.
  public var description: String { list.map(\.description).joined(separator: "\n") }
}
