import Tensor

/// An input that is changed step by step, in the ways that damage files.
struct Mutation {
  private(set) var bytes: [UInt8]
  /// Inputs that parts are taken from.
  let others: [[UInt8]]

  /// Numbers at which readers go wrong.
  private static let numbers: [UInt64] = [
    0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 1 << 40, 1 << 61, 1 << 62,
    1 << 63, .max, .max - 1, 0x7c00_7c00_7c00_7c00, 0x7f80_0000_7f80_0000,
  ]

  /// Makes one change.
  mutating func change(_ generator: inout RandomStream.Generator) {
    func below(_ limit: Int) -> Int { Int(generator.next() % UInt64(max(1, limit))) }
    let place = below(bytes.count)
    let end = min(bytes.count, place + 1 + below(1 << below(8)))
    guard !bytes.isEmpty else { return bytes.append(UInt8(below(256))) }
    switch below(9) {
    case 0: bytes[place] ^= 1 << UInt8(below(8))
    case 1: bytes[place] = UInt8(below(256))
    case 2: bytes.removeSubrange(place..<end)
    case 3: bytes.insert(contentsOf: bytes[place..<end], at: below(bytes.count))
    case 4: bytes.removeSubrange(place...)
    case 5:
      let other = others[below(others.count)]
      let start = below(other.count)
      bytes.replaceSubrange(place..<end, with: other[start..<min(other.count, start + 1 + below(64))])
    case 6:
      let number = Self.numbers[below(Self.numbers.count)]
      let width = 1 << below(4)
      withUnsafeBytes(of: number.littleEndian) {
        for (i, byte) in $0.prefix(width).enumerated() where place + i < bytes.count { bytes[place + i] = byte }
      }
    case 7:
      // A number in digits becomes another.
      guard let first = bytes[place...].firstIndex(where: Self.isDigit) else { return }
      let last = bytes[first...].firstIndex { !Self.isDigit($0) } ?? bytes.endIndex
      bytes.replaceSubrange(first..<last, with: "\(Self.numbers[below(Self.numbers.count)])".utf8)
    default:
      let other = below(bytes.count)
      bytes.swapAt(place, other)
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
