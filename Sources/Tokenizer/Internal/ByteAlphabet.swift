/// The printable character that stands for each byte in the files of byte-level tokenizers.
///
/// Printable Latin-1 bytes stand for themselves, the other 68 for U+0100 and up (Radford et al. 2019, GPT-2): so a
/// space is “Ġ” and a newline “Ċ”.
enum ByteAlphabet {
  /// The character of each byte.
  static let scalars: [Unicode.Scalar] = {
    var next: UInt32 = 0x100
    return (UInt32(0)..<256).map { byte in
      if (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || (0xAE...0xFF).contains(byte) {
        return Unicode.Scalar(byte) ?? "?"
      }
      defer { next += 1 }
      return Unicode.Scalar(next) ?? "?"
    }
  }()

  /// The byte of each character below U+0144; -1 where there is none.
  private static let bytes: [Int16] = {
    var table = [Int16](repeating: -1, count: 0x144)
    for (byte, scalar) in scalars.enumerated() { table[Int(scalar.value)] = Int16(byte) }
    return table
  }()

  /// How a vocabulary file spells these bytes.
  static func spelling(of bytes: some Sequence<UInt8>) -> String {
    var text = String.UnicodeScalarView()
    for byte in bytes { text.append(scalars[Int(byte)]) }
    return String(text)
  }

  /// The bytes that a vocabulary file's token stands for; `nil` when a character is not in the alphabet.
  static func bytes(of token: String) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(token.utf8.count)
    for scalar in token.unicodeScalars {
      guard scalar.value < UInt32(bytes.count) else { return nil }
      let byte = bytes[Int(scalar.value)]
      guard byte >= 0 else { return nil }
      result.append(UInt8(byte))
    }
    return result
  }
}
