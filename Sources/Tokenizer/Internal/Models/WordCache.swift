/// The tokens of short words that were met before: most words of a text are repeated ones.
///
/// Direct-mapped: a word takes the place of another one with the same slot. Keys hold the whole word, so that a hit is
/// never wrong; a slot takes 32 bytes.
struct WordCache: Sendable {
  /// A word of at most 15 bytes with its length.
  struct Key: Sendable, Equatable {
    fileprivate let low: UInt64
    fileprivate let high: UInt64

    /// `nil` for a word that is empty or too long.
    @inline(__always)
    init?(_ word: UnsafeBufferPointer<UInt8>) {
      guard let base = UnsafeRawPointer(word.baseAddress), !word.isEmpty, word.count < 16 else { return nil }
      let count = word.count
      let low: UInt64
      var high = UInt64(count) << 56
      if count >= 8 {
        low = base.loadUnaligned(as: UInt64.self)
        if count > 8 {
          // The last eight bytes overlap the first; only what is new stays.
          high |= base.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self) >> UInt64((16 - count) * 8)
        }
      } else if count >= 4 {
        let tail = UInt64(base.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self))
        low = UInt64(base.loadUnaligned(as: UInt32.self)) | tail << UInt64((count - 4) * 8)
      } else {
        let middle = UInt64(word[count / 2]) << UInt64(count / 2 * 8)
        low = UInt64(word[0]) | middle | UInt64(word[count - 1]) << UInt64((count - 1) * 8)
      }
      self.low = low
      self.high = high
    }

    @inline(__always)
    fileprivate var slot: Int {
      let mixed = (low ^ high &* 0x9E37_79B9_7F4A_7C15) &* 0xFF51_AFD7_ED55_8CCD
      return Int(truncatingIfNeeded: mixed >> (64 - WordCache.bits))
    }
  }

  private struct Entry: Sendable {
    var low: UInt64 = 0
    /// 0 for an empty slot: words have a length.
    var high: UInt64 = 0
    var ids: (Int32, Int32, Int32) = (0, 0, 0)
    var lengths: (UInt8, UInt8, UInt8) = (0, 0, 0)
    var count: UInt8 = 0
  }

  fileprivate static let bits: UInt64 = 14
  private var entries: [Entry] = []

  /// Appends the tokens of a word that is here; whether it was.
  @inline(__always)
  func append(_ key: Key, to ids: inout [Int], _ lengths: inout [Int32], keepsLengths: Bool) -> Bool {
    guard !entries.isEmpty else { return false }
    return entries.withUnsafeBufferPointer { entries in
      let entry = entries[key.slot]
      guard entry.low == key.low, entry.high == key.high else { return false }
      ids.append(Int(entry.ids.0))
      if entry.count > 1 { ids.append(Int(entry.ids.1)) }
      if entry.count > 2 { ids.append(Int(entry.ids.2)) }
      if keepsLengths {
        lengths.append(Int32(entry.lengths.0))
        if entry.count > 1 { lengths.append(Int32(entry.lengths.1)) }
        if entry.count > 2 { lengths.append(Int32(entry.lengths.2)) }
      }
      return true
    }
  }

  /// Keeps a word's tokens if they are few enough.
  mutating func keep(_ key: Key, ids: ArraySlice<Int>, lengths: ArraySlice<Int32>) {
    guard (1...3).contains(ids.count) else { return }
    if entries.isEmpty { entries = Array(repeating: Entry(), count: 1 << Self.bits) }
    var entry = Entry(low: key.low, high: key.high, count: UInt8(ids.count))
    let (id, length) = (ids.startIndex, lengths.startIndex)
    entry.ids.0 = Int32(ids[id])
    entry.lengths.0 = UInt8(lengths[length])
    if ids.count > 1 { (entry.ids.1, entry.lengths.1) = (Int32(ids[id + 1]), UInt8(lengths[length + 1])) }
    if ids.count > 2 { (entry.ids.2, entry.lengths.2) = (Int32(ids[id + 2]), UInt8(lengths[length + 2])) }
    entries[key.slot] = entry
  }
}
