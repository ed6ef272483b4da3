/// Takes spaces from the start of a text that comes in pieces.
struct LeadingSpaces: Sendable {
  /// How many may go in all.
  var limit = 0
  /// Whether one may go from each token, as long as nothing else came.
  var fromEach = false
  private var hasText = false

  init(limit: Int = 0, fromEach: Bool = false) {
    self.limit = limit
    self.fromEach = fromEach
  }

  /// What is left of the next piece.
  /// - Parameter keepsSpace: whether the piece is text of which nothing goes.
  mutating func strip(_ piece: ArraySlice<UInt8>, keepsSpace: Bool) -> ArraySlice<UInt8> {
    guard !hasText else { return piece }
    var rest = piece
    if keepsSpace {
      hasText = true
    } else if fromEach {
      if rest.first == 0x20 { rest = rest.dropFirst() }
    } else {
      while limit > 0, rest.first == 0x20 {
        rest = rest.dropFirst()
        limit -= 1
      }
    }
    if !rest.isEmpty { hasText = true }
    return rest
  }
}
