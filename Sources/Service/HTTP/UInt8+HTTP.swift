/// Bytes that HTTP tells apart (RFC 9110, 5.6.2).
extension UInt8 {
  /// A space or a tab.
  var isBlank: Bool { self == 0x20 || self == 0x09 }

  /// `0` to `9`
  var isDigit: Bool { (0x30...0x39).contains(self) }

  /// A digit in base 16.
  var isHexDigit: Bool { isDigit || (0x41...0x46).contains(self & 0xDF) }

  /// Whether it can stand in a method or a header's name.
  var isOfToken: Bool { isDigit || (0x41...0x5A).contains(self & 0xDF) || "!#$%&'*+-.^_`|~".utf8.contains(self) }

  /// Whether it can stand in no line: it ends a line for some who read it, and not for others.
  var endsText: Bool { self == 0x0D || self == 0x0A || self == 0x00 }
}

extension BidirectionalCollection<UInt8> {
  /// Without spaces and tabs around it.
  var trimmed: SubSequence {
    guard let first = firstIndex(where: { !$0.isBlank }), let last = lastIndex(where: { !$0.isBlank }) else {
      return self[endIndex...]
    }
    return self[first...last]
  }

  /// As text, whatever it is.
  var text: String { String(decoding: self, as: UTF8.self) }
}
