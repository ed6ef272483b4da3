/// Lets the response of an answer through, and nothing else of it.
///
/// An answer is thoughts, if any, then a decision, then the response. Until there is a decision outside of all thoughts
/// everything is hidden; so is what a response puts between marks of thoughts, even if they never end. Other marks in a
/// response are not text and are dropped. Where no decision comes nothing is ever shown: the filter fails closed.
public struct ResponseFilter: Sendable {
  /// The decision, once it is there.
  public private(set) var decision: Decision?
  /// Whether the answer has ended.
  public private(set) var hasEnded = false
  /// How many UTF-8 bytes were hidden.
  public private(set) var hiddenBytes = 0
  /// How many were let through.
  public private(set) var shownBytes = 0
  /// How many thoughts are open, one inside the other.
  private var depth = 0
  /// The white space between decision and response is neither hidden text nor shown.
  private var hasBegun = false

  /// A filter that has seen nothing.
  public init() {}

  /// A filter for a response whose decision was taken elsewhere.
  public init(decided decision: Decision) { self.decision = decision }

  /// Takes a piece; gives what of it may be seen.
  public mutating func append(_ piece: Piece) -> String {
    guard !hasEnded else { return "" }
    switch piece {
    case .text(let text): return show(text)
    case .mark(.think): depth += 1
    case .mark(.endThink): depth = max(0, depth - 1)
    case .mark(.decision(let found)): if depth == 0, decision == nil { decision = found }
    case .mark(.end): hasEnded = true
    }
    return ""
  }

  private mutating func show(_ text: String) -> String {
    guard decision != nil, depth == 0 else {
      hiddenBytes += text.utf8.count
      return ""
    }
    // By scalars: what a character is depends on where the text is cut.
    var shown = text.unicodeScalars[...]
    if !hasBegun {
      shown = shown.drop { $0.properties.isWhitespace }
      hasBegun = !shown.isEmpty
    }
    let response = String(shown)
    shownBytes += response.utf8.count
    return response
  }
}
