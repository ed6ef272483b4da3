/// A text as tokens, with where each of them came from.
public struct TokenizedText: Sendable, Equatable {
  /// The text's tokens. `[tokens]`
  public let ids: [Int]
  /// For each token the UTF-8 bytes of the text that it stands for. `[tokens]`
  ///
  /// The spans tile the text, from its first byte to its last, except for white space that the tokenizer drops. They
  /// are empty for tokens that were added around the text, and may cut a character whose bytes are several tokens.
  public let spans: [Range<Int>]

  package init(ids: [Int], spans: [Range<Int>]) {
    self.ids = ids
    self.spans = spans
  }

  /// The tokens that hold any byte of a range of the text; `nil` if there is none.
  /// - Parameter bytes: a range of UTF-8 offsets.
  public func tokens(covering bytes: Range<Int>) -> Range<Int>? {
    guard let first = spans.firstIndex(where: { !$0.isEmpty && $0.overlaps(bytes) }),
      let last = spans.lastIndex(where: { !$0.isEmpty && $0.overlaps(bytes) })
    else { return nil }
    return first..<last + 1
  }
}
