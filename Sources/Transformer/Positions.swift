/// Positions of the sequences of a batch, counted from 0 at each sequence's first token.
public enum Positions: Hashable, Sendable {
  /// Every position, of the prompt and of what is generated.
  case all
  /// The positions of the prompt.
  case prompt
  /// The last position of the prompt.
  case last
  /// A list of positions for each sequence of the batch; an empty list leaves a sequence out.
  case indices([[Int]])
  /// The position of generated token `k` (from 0) and all after it.
  case fromGenerated(Int)

  /// Whether a position of a sequence is among them.
  ///
  /// - Parameters:
  ///   - position: counted from the sequence's first token.
  ///   - sequence: index in the batch.
  ///   - promptLength: how many tokens of the sequence are its prompt.
  public func contains(_ position: Int, ofSequence sequence: Int, promptLength: Int) -> Bool {
    switch self {
    case .all: true
    case .prompt: position < promptLength
    case .last: position == promptLength - 1
    case .indices(let lists): sequence < lists.count && lists[sequence].contains(position)
    case .fromGenerated(let first): position >= promptLength + first
    }
  }
}
