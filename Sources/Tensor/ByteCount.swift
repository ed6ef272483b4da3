import Foundation

/// An amount of memory, as people write it: `8G`, `512M`, `1.5 GiB`.
public struct ByteCount: Hashable, Sendable, CustomStringConvertible {
  /// How many bytes.
  public let bytes: Int

  /// So many bytes.
  public init(_ bytes: Int) { self.bytes = bytes }

  /// Reads an amount: a number with K, M, G or T behind it, in steps of 1024; `nil` if it is none, or nothing.
  public init?(_ text: String) {
    guard let match = text.wholeMatch(of: /([0-9]+(?:\.[0-9]+)?)\s*([KMGTkmgt]?)(?:i?[Bb])?/),
      let number = Double(match.1)
    else { return nil }
    let power = ["": 0, "K": 10, "M": 20, "G": 30, "T": 40][match.2.uppercased()] ?? 0
    let bytes = number * Double(1 << power)
    guard bytes >= 1, bytes < Double(Int.max) else { return nil }
    self.bytes = Int(bytes)
  }

  /// Three digits at most, with the unit.
  public var description: String {
    let units = [("TiB", 0x1p40), ("GiB", 0x1p30), ("MiB", 0x1p20), ("KiB", 0x1p10)]
    guard let (unit, scale) = units.first(where: { Double(bytes) >= $0.1 }) else { return "\(bytes) bytes" }
    let number = Double(bytes) / scale
    return String(format: number < 10 ? "%.1f %@" : "%.0f %@", number, unit)
  }
}
