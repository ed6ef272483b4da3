/// What structures an answer and is never shown: the marks between thoughts, decision and response.
public enum Mark: Hashable, Sendable {
  /// Thoughts begin.
  case think
  /// Thoughts end.
  case endThink
  /// The decision.
  case decision(Decision)
  /// The answer ends.
  case end
}

/// A piece of an answer as it comes: text, or a mark.
public enum Piece: Hashable, Sendable {
  case text(String)
  case mark(Mark)
}
