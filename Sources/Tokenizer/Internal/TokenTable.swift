/// Byte strings and the ids of the tokens that they make.
struct TokenTable: Sendable {
  private(set) var names = ByteTable()
  private(set) var ids: [Int32] = []

  init(names: ByteTable = ByteTable(), ids: [Int32] = []) {
    self.names = names
    self.ids = ids
  }

  /// Adds a token; of two with the same bytes the first stays.
  mutating func insert(_ bytes: some Collection<UInt8>, id: Int32) {
    let entry = Array(bytes).withUnsafeBufferPointer { names.insert($0) }
    if entry == ids.count { ids.append(id) }
  }

  /// The id of the token with these bytes.
  @inline(__always)
  func find(_ bytes: UnsafeBufferPointer<UInt8>) -> Int32? { names.find(bytes).map { ids[$0] } }

  /// The id of the token with these bytes.
  func find(_ bytes: some Collection<UInt8>) -> Int32? { Array(bytes).withUnsafeBufferPointer { find($0) } }
}
