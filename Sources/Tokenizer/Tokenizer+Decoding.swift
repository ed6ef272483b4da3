extension Tokenizer {
  /// The text of some tokens. Bytes that are no valid UTF-8 become U+FFFD; ids that no token has are left out.
  /// - Parameter skipSpecial: whether special tokens are left out.
  public func decode(_ ids: [Int], skipSpecial: Bool = false) -> String {
    String(decoding: bytes(of: ids, skipSpecial: skipSpecial), as: UTF8.self)
  }

  /// The bytes of some tokens, which need not be valid UTF-8.
  public func bytes(of ids: [Int], skipSpecial: Bool = false) -> [UInt8] {
    var bytes: [UInt8] = []
    var progress = pieces.start
    for id in ids where !(skipSpecial && pieces.isSpecial(id)) { bytes += pieces.bytes(of: id, &progress) }
    return bytes
  }

  /// Whether an id is a special token's.
  public func isSpecial(_ id: Int) -> Bool { pieces.isSpecial(id) }

  /// A token for a table: spaces as “␣”, newlines as “⏎”, tabs as “⇥”, other control characters and bytes that are no
  /// text by themselves as `\xE2`; special tokens as they are spelled.
  public func displayString(_ id: Int) -> String {
    guard let name = token(id) else { return "⟨\(id)⟩" }
    if pieces.isSpecial(id) { return name }
    var result = ""
    var rest = pieces[id, isFirst: false]
    func hexadecimal(_ byte: UInt8) -> String {
      "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
    while let byte = rest.first {
      let length = byte < 0x80 ? 1 : byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
      guard let character = String(validating: rest.prefix(length), as: UTF8.self),
        let scalar = character.unicodeScalars.first
      else {
        result += hexadecimal(byte)
        rest = rest.dropFirst()
        continue
      }
      switch scalar {
      case " ": result += "␣"
      case "\n": result += "⏎"
      case "\t": result += "⇥"
      case "\u{00}"..<"\u{20}", "\u{7F}": result += hexadecimal(byte)
      default: result += character
      }
      rest = rest.dropFirst(length)
    }
    return result
  }

  /// Decodes tokens one by one as they are generated.
  public func streamingDecoder(skipSpecial: Bool = false) -> StreamingDecoder {
    StreamingDecoder(tokenizer: self, skipSpecial: skipSpecial)
  }
}
