/// Why a batch of token sequences was not accepted.
public enum SequenceError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A sequence has no tokens.
  case empty(sequence: Int)
  /// A token id is outside the vocabulary.
  case noSuchToken(sequence: Int, position: Int, token: Int, vocabulary: Int)
  /// A sequence is longer than the model was made for.
  case tooLong(sequence: Int, tokens: Int, maximum: Int)
  /// Something that belongs to each sequence was given for another number of them.
  case wrongCount(what: String, expected: Int, found: Int)
  /// A setting has a value that makes no sense.
  case invalidOption(name: String, value: String, expected: String)

  /// What was expected, what was found, and where.
  public var description: String {
    switch self {
    case .empty(let sequence):
      "sequence \(sequence) has no tokens; give it at least one, such as the token that begins a text."
    case .noSuchToken(let sequence, let position, let token, let vocabulary):
      "sequence \(sequence) has the token id \(token) at position \(position); the model's ids are 0 to "
        + "\(vocabulary - 1). Was it made with another tokenizer?"
    case .tooLong(let sequence, let tokens, let maximum):
      "sequence \(sequence) would have \(tokens) tokens; the model was made for at most \(maximum) "
        + "(max_position_embeddings). Shorten it, or ask for fewer new tokens."
    case .wrongCount(let what, let expected, let found):
      "\(what) are given for \(found) sequences, and the batch has \(expected)."
    case .invalidOption(let name, let value, let expected):
      "\(name) is \(value); expected \(expected)."
    }
  }
}
