/// Reads the fields of one protocol buffer message, in their order, within its bounds.
///
/// The wire format: a field is a varint of number and kind, then a varint, 8 bytes, a length with that many bytes, or 4
/// bytes.
struct ProtobufReader {
  /// What a field holds.
  enum Value {
    case varint(UInt64)
    case fixed64(UInt64)
    case bytes(ArraySlice<UInt8>)
    case fixed32(UInt32)
  }

  /// One field and where it starts.
  struct Field {
    let number: Int
    let value: Value
    let offset: Int
  }

  private let bytes: ArraySlice<UInt8>
  private let file: String
  private var position: Int

  /// - Parameter bytes: the message; offsets in errors are the slice's indices.
  init(_ bytes: ArraySlice<UInt8>, file: String) {
    self.bytes = bytes
    self.file = file
    position = bytes.startIndex
  }

  /// The next field; `nil` at the end of the message.
  /// - Throws: `TokenizerError.malformedProtobuf` with the offset.
  mutating func next() throws -> Field? {
    guard position < bytes.endIndex else { return nil }
    let offset = position
    let key = try varint()
    let number = Int(truncatingIfNeeded: key >> 3)
    guard number > 0, number < 1 << 29 else { throw malformed(offset, "a field has the number \(key >> 3)") }
    switch key & 7 {
    case 0: return Field(number: number, value: .varint(try varint()), offset: offset)
    case 1: return Field(number: number, value: .fixed64(try fixed(8)), offset: offset)
    case 2:
      let count = try varint()
      guard count <= UInt64(bytes.endIndex - position) else {
        throw malformed(
          offset, "field \(number) has \(count) bytes, but only \(bytes.endIndex - position) follow")
      }
      let end = position + Int(count)
      defer { position = end }
      return Field(number: number, value: .bytes(bytes[position..<end]), offset: offset)
    case 5: return Field(number: number, value: .fixed32(UInt32(try fixed(4))), offset: offset)
    case let kind: throw malformed(offset, "field \(number) is of the unknown kind \(kind)")
    }
  }

  private func malformed(_ offset: Int, _ reason: String) -> TokenizerError {
    .malformedProtobuf(file: file, offset: offset, reason: reason)
  }

  private mutating func varint() throws -> UInt64 {
    let start = position
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard position < bytes.endIndex else { throw malformed(start, "the message ends inside a number") }
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw malformed(start, "a number has more than ten bytes")
  }

  private mutating func fixed(_ count: Int) throws -> UInt64 {
    guard bytes.endIndex - position >= count else { throw malformed(position, "the message ends inside a number") }
    defer { position += count }
    return (0..<count).reduce(0) { $0 | UInt64(bytes[position + $1]) << UInt64(8 * $1) }
  }
}
