/// Somebody whose things requests are about.
public struct Owner: Hashable, Sendable {
  /// `baker`.
  public let name: String
  /// Whether the texts say `she` or `he`.
  let isShe: Bool
  /// Its place in ``all``.
  let index: Int

  /// Everybody who owns things in this world.
  public static let all: [Owner] = ["neighbour", "teacher", "farmer", "baker", "boss", "dentist", "coach", "driver"]
    .enumerated().map { Owner(name: $1, isShe: $0 % 2 == 0, index: $0) }

  /// `the baker`.
  public var phrase: String { "the \(name)" }
  /// `the baker's`.
  public var possessive: String { "the \(name)'s" }
  var pronoun: String { isShe ? "she" : "he" }
  var pronounPossessive: String { isShe ? "her" : "his" }

  /// How the user writes what is theirs.
  static let ownDeterminers = ["my", "my own", "our"]
  /// The same of a third person.
  static let theirOwn = "their own"
}
