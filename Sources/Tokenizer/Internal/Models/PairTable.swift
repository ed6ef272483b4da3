/// The merges of a byte-pair encoding: for a pair of token ids, how early it merges and into what.
///
/// Open addressing with linear probing over a power of two, at most half full.
struct PairTable: Sendable {
  /// What a look-up gives when the pair never merges; larger than every rank.
  static let none = UInt64.max

  /// Whether one merge comes before another; of equal ranks neither does.
  @inline(__always)
  static func precedes(_ a: UInt64, _ b: UInt64) -> Bool { a >> 32 < b >> 32 }

  private var keys: [UInt64]
  private var values: [UInt64]
  private var shift: UInt64
  private var count = 0

  /// Room for that many pairs; more make it grow.
  init(capacity: Int) {
    var bits = 6
    while 1 << bits < 2 * capacity { bits += 1 }
    keys = Array(repeating: .max, count: 1 << bits)
    values = Array(repeating: Self.none, count: 1 << bits)
    shift = UInt64(64 - bits)
  }

  private func home(_ key: UInt64) -> Int { Int((key &* 0x9E37_79B9_7F4A_7C15) >> shift) }

  /// Rank in the high half, merged id in the low half; `none` when the pair never merges.
  @inline(__always)
  func find(_ left: Int32, _ right: Int32) -> UInt64 {
    let key = UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    return keys.withUnsafeBufferPointer { keys in
      values.withUnsafeBufferPointer { values in
        var slot = home(key)
        while keys[slot] != key {
          if keys[slot] == .max { return Self.none }
          slot = (slot + 1) & (keys.count - 1)
        }
        return values[slot]
      }
    }
  }

  /// Sets a pair's rank and result; a later merge of the same pair replaces an earlier one.
  mutating func insert(_ left: Int32, _ right: Int32, rank: Int, merged: Int32) {
    let key = UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    var slot = home(key)
    while keys[slot] != key, keys[slot] != .max { slot = (slot + 1) & (keys.count - 1) }
    if keys[slot] != key { count += 1 }
    keys[slot] = key
    values[slot] = UInt64(rank) << 32 | UInt64(UInt32(bitPattern: merged))
    if 2 * count > keys.count { grow() }
  }

  private mutating func grow() {
    let (oldKeys, oldValues) = (keys, values)
    keys = Array(repeating: .max, count: 2 * oldKeys.count)
    values = Array(repeating: Self.none, count: 2 * oldKeys.count)
    shift -= 1
    for (key, value) in zip(oldKeys, oldValues) where key != .max {
      var slot = home(key)
      while keys[slot] != .max { slot = (slot + 1) & (keys.count - 1) }
      keys[slot] = key
      values[slot] = value
    }
  }
}
