/// A heading of the prose.
public struct Heading: Sendable, Hashable {
  /// The level, 1 to 6.
  public let level: Int
  /// The words, without markup.
  public let text: String
  /// The identifier that links to it, unique in the document.
  public let id: String
}
