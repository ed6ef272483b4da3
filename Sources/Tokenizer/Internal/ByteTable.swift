/// Byte strings numbered 0, 1, 2 ... and found again by their bytes.
///
/// Swift's `String` compares by canonical equivalence, which would make one token of two that differ in normal form;
/// this table compares bytes. Open addressing with linear probing: a look-up costs about one cache miss.
struct ByteTable: Sendable {
  private(set) var storage: [UInt8] = []
  private(set) var starts: [Int32] = [0]
  private var slots: [Int32] = Array(repeating: -1, count: 64)

  /// How many byte strings there are.
  var count: Int { starts.count - 1 }

  /// The bytes of one entry.
  subscript(index: Int) -> ArraySlice<UInt8> { storage[Int(starts[index])..<Int(starts[index + 1])] }

  private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var hash: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(bytes.count)
    var rest = UnsafeRawBufferPointer(bytes)
    while rest.count >= 8 {
      hash = (hash ^ rest.loadUnaligned(as: UInt64.self)) &* 0xFF51_AFD7_ED55_8CCD
      hash ^= hash >> 32
      rest = .init(rebasing: rest[8...])
    }
    var tail: UInt64 = 0
    for byte in rest { tail = tail << 8 | UInt64(byte) }
    hash = (hash ^ tail) &* 0xFF51_AFD7_ED55_8CCD
    hash ^= hash >> 29
    hash = hash &* 0xC4CE_B9FE_1A85_EC53
    return Int(truncatingIfNeeded: hash >> 20)
  }

  private func matches(_ entry: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let start = Int(starts[entry])
    guard Int(starts[entry + 1]) - start == bytes.count else { return false }
    return storage.withUnsafeBufferPointer { stored in
      for index in 0..<bytes.count where stored[start + index] != bytes[index] { return false }
      return true
    }
  }

  /// The number of a byte string; `nil` when it is not there.
  func find(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    let mask = slots.count - 1
    var slot = Self.hash(bytes) & mask
    while slots[slot] >= 0 {
      if matches(Int(slots[slot]), bytes) { return Int(slots[slot]) }
      slot = (slot + 1) & mask
    }
    return nil
  }

  /// The number of a text's UTF-8 bytes; `nil` when it is not there.
  func find(_ text: String) -> Int? {
    var text = text
    return text.withUTF8 { find($0) }
  }

  /// The number of a byte string, which is added when it is new.
  mutating func insert(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    if 2 * count >= slots.count { grow() }
    let mask = slots.count - 1
    var slot = Self.hash(bytes) & mask
    while slots[slot] >= 0 {
      if matches(Int(slots[slot]), bytes) { return Int(slots[slot]) }
      slot = (slot + 1) & mask
    }
    slots[slot] = Int32(count)
    storage.append(contentsOf: bytes)
    starts.append(Int32(storage.count))
    return count - 1
  }

  /// The number of a text's UTF-8 bytes, which are added when they are new.
  mutating func insert(_ text: String) -> Int {
    var text = text
    return text.withUTF8 { insert($0) }
  }

  private mutating func grow() {
    var larger = [Int32](repeating: -1, count: slots.count * 4)
    let mask = larger.count - 1
    storage.withUnsafeBufferPointer { stored in
      for entry in 0..<count {
        let bytes = UnsafeBufferPointer(rebasing: stored[Int(starts[entry])..<Int(starts[entry + 1])])
        var slot = Self.hash(bytes) & mask
        while larger[slot] >= 0 { slot = (slot + 1) & mask }
        larger[slot] = Int32(entry)
      }
    }
    slots = larger
  }
}
