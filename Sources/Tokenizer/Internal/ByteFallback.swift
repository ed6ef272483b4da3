/// The tokens `<0x00>` to `<0xFF>`, which stand for single bytes in SentencePiece vocabularies.
enum ByteFallback {
  static func spelling(of byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return "<0x\(digits.count == 1 ? "0" : "")\(digits)>"
  }

  /// The byte that a token stands for, if it is one of the 256.
  static func byte(of token: some Collection<UInt8>) -> UInt8? {
    guard token.count == 6, token.starts(with: "<0x".utf8), token.dropFirst(5).first == UInt8(ascii: ">") else {
      return nil
    }
    return UInt8(String(decoding: token.dropFirst(3).prefix(2), as: UTF8.self), radix: 16)
  }

  /// The id of each byte's token, -1 where there is none.
  static func ids(in vocabulary: Vocabulary) -> [Int32] {
    (0..<256).map { Int32(vocabulary.id(of: spelling(of: UInt8($0))) ?? -1) }
  }
}
