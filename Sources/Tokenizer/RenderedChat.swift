/// A conversation as one text, with where the messages' contents stand in it.
public struct RenderedChat: Sendable, Equatable {
  /// The prompt.
  public let text: String
  /// Every stretch of the prompt that was taken from a message, in the order of the prompt.
  public let pieces: [Piece]

  /// A stretch of a message's content, unbroken in the message and in the prompt.
  public struct Piece: Sendable, Equatable {
    /// Which message.
    public let message: Int
    /// UTF-8 offsets in the message's content.
    public let source: Range<Int>
    /// UTF-8 offsets in the prompt.
    public let place: Range<Int>
  }

  /// Where a message's content stands in the prompt: from its first byte to its last; `nil` if none of it is there.
  ///
  /// A template that trims the content gives the range of what is left.
  public func range(ofMessage message: Int) -> Range<Int>? {
    let own = pieces.filter { $0.message == message }
    guard let first = own.map(\.place.lowerBound).min(), let last = own.map(\.place.upperBound).max() else {
      return nil
    }
    return first..<last
  }

  /// Where part of a message's content stands in the prompt, given by its UTF-8 offsets in the content; `nil` if none
  /// of it is there. Where the template uses a content twice, the last time counts.
  public func range(of part: Range<Int>, inMessage message: Int) -> Range<Int>? {
    var found: Range<Int>?
    for piece in pieces where piece.message == message {
      let common = piece.source.clamped(to: part)
      guard !common.isEmpty else { continue }
      // Where case was changed, lengths differ: then the whole piece stands for its part.
      let isExact = piece.source.count == piece.place.count
      let offset = piece.place.lowerBound - piece.source.lowerBound
      let place = isExact ? common.lowerBound + offset..<common.upperBound + offset : piece.place
      if let before = found, piece.source.lowerBound > part.lowerBound, common.lowerBound > part.lowerBound {
        found = before.lowerBound..<place.upperBound
      } else {
        found = place
      }
    }
    return found
  }
}
