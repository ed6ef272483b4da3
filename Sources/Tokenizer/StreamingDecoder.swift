/// Decodes tokens as they come, never cutting a character: bytes of an unfinished one wait for the rest.
///
/// The pieces joined are what `Tokenizer.decode` gives for all the tokens at once.
public struct StreamingDecoder: Sendable {
  private let tokenizer: Tokenizer
  private let skipSpecial: Bool
  private var pending: [UInt8] = []
  private var progress: Pieces.Progress

  init(tokenizer: Tokenizer, skipSpecial: Bool) {
    self.tokenizer = tokenizer
    self.skipSpecial = skipSpecial
    progress = tokenizer.pieces.start
  }

  /// Takes one more token; gives the text that is certain by now, often empty.
  public mutating func append(_ id: Int) -> String {
    if skipSpecial, tokenizer.pieces.isSpecial(id) { return "" }
    pending += tokenizer.pieces.bytes(of: id, &progress)
    let complete = pending.count - Self.unfinished(pending)
    defer { pending.removeFirst(complete) }
    return String(decoding: pending[..<complete], as: UTF8.self)
  }

  /// What is left when no more tokens come: U+FFFD if they stopped inside a character.
  public mutating func finish() -> String {
    defer { pending = [] }
    return String(decoding: pending, as: UTF8.self)
  }

  /// How many bytes at the end may be the beginning of a character.
  private static func unfinished(_ bytes: [UInt8]) -> Int {
    for back in 1...3 where back <= bytes.count {
      let byte = bytes[bytes.count - back]
      if byte & 0xC0 == 0x80 { continue }
      let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
      return length > back ? back : 0
    }
    return 0
  }
}
