/// Reads the numbers, texts and arrays of a header one after the other, and never past the end of the file: every
/// length is held against the bytes that are left before memory is taken for it.
struct GGUFReader {
  /// The longest array that is read: the largest vocabularies have about 2^18 entries.
  static let arrayLimit = 1 << 24
  /// How deep arrays may lie in each other.
  static let depthLimit = 8

  /// The whole file.
  let bytes: UnsafeRawBufferPointer
  /// Its name for errors.
  let file: String
  /// What is being read, for errors.
  var place = GGUFError.Place.header
  /// Where the next byte lies.
  private(set) var at = 0

  init(bytes: UnsafeRawBufferPointer, file: String) {
    self.bytes = bytes
    self.file = file
  }

  /// The codes of the types of values.
  private enum ValueType: UInt32 {
    case uint8, int8, uint16, int16, uint32, int32, float32, bool, string, array, uint64, int64, float64

    /// The fewest bytes that an array's element takes: a text has at least its length, an array its type and length.
    var leastBytes: Int {
      switch self {
      case .uint8, .int8, .bool: 1
      case .uint16, .int16: 2
      case .uint32, .int32, .float32: 4
      case .uint64, .int64, .float64, .string: 8
      case .array: 12
      }
    }
  }

  /// The next bytes.
  mutating func take(_ count: UInt64, _ what: String) throws(GGUFError) -> UnsafeRawBufferPointer {
    let available = bytes.count - at
    guard count <= UInt64(available) else {
      throw fail(.cutOff(reading: what, byte: at, needed: count, available: available))
    }
    let start = at
    at += Int(count)
    return UnsafeRawBufferPointer(rebasing: bytes[start..<at])
  }

  /// An integer.
  mutating func integer<T: FixedWidthInteger>(_ what: String, as type: T.Type = T.self) throws(GGUFError) -> T {
    let source = try take(UInt64(MemoryLayout<T>.size), what)
    return T(littleEndian: source.loadUnaligned(as: T.self))
  }

  /// A text: its length in bytes, then UTF-8.
  mutating func string(_ what: String) throws(GGUFError) -> String {
    let length: UInt64 = try integer(what)
    let start = at
    let units = try take(length, what)
    guard let text = String(validating: units, as: UTF8.self) else {
      throw fail(.invalidText(reading: what, byte: start))
    }
    return text
  }

  /// A value: its type, then what the type asks for.
  mutating func value() throws(GGUFError) -> GGUFValue {
    let what = "a value"
    switch try valueType() {
    case .uint8: return .unsigned(UInt64(try integer(what, as: UInt8.self)))
    case .uint16: return .unsigned(UInt64(try integer(what, as: UInt16.self)))
    case .uint32: return .unsigned(UInt64(try integer(what, as: UInt32.self)))
    case .uint64: return .unsigned(try integer(what))
    case .int8: return .signed(Int64(try integer(what, as: Int8.self)))
    case .int16: return .signed(Int64(try integer(what, as: Int16.self)))
    case .int32: return .signed(Int64(try integer(what, as: Int32.self)))
    case .int64: return .signed(try integer(what))
    case .float32: return .float(Double(Float(bitPattern: try integer(what))))
    case .float64: return .float(Double(bitPattern: try integer(what)))
    case .bool: return .bool(try bool())
    case .string: return .string(try string("a text"))
    case .array: return .array(try array(depth: 1))
    }
  }

  private mutating func valueType() throws(GGUFError) -> ValueType {
    let start = at
    let code: UInt32 = try integer("a value's type")
    guard let type = ValueType(rawValue: code) else { throw fail(.unknownValueType(code, byte: start)) }
    return type
  }

  private mutating func bool() throws(GGUFError) -> Bool {
    let start = at
    let byte: UInt8 = try integer("a truth value")
    guard byte < 2 else { throw fail(.invalidBool(byte, byte: start)) }
    return byte == 1
  }

  // MARK: Arrays

  private mutating func array(depth: Int) throws(GGUFError) -> GGUFArray {
    guard depth <= Self.depthLimit else { throw fail(.deepArray(limit: Self.depthLimit)) }
    let type = try valueType()
    let count = try arrayCount(type)
    switch type {
    case .uint8: return .unsigned(try numbers(count) { (x: UInt8) in UInt64(x) })
    case .uint16: return .unsigned(try numbers(count) { (x: UInt16) in UInt64(x) })
    case .uint32: return .unsigned(try numbers(count) { (x: UInt32) in UInt64(x) })
    case .uint64: return .unsigned(try numbers(count) { (x: UInt64) in x })
    case .int8: return .signed(try numbers(count) { (x: Int8) in Int64(x) })
    case .int16: return .signed(try numbers(count) { (x: Int16) in Int64(x) })
    case .int32: return .signed(try numbers(count) { (x: Int32) in Int64(x) })
    case .int64: return .signed(try numbers(count) { (x: Int64) in x })
    case .float32: return .floats(try numbers(count) { (x: UInt32) in Double(Float(bitPattern: x)) })
    case .float64: return .floats(try numbers(count) { (x: UInt64) in Double(bitPattern: x) })
    case .bool: return .bools(try many(count) { (reader) throws(GGUFError) in try reader.bool() })
    case .string: return .strings(try many(count) { (reader) throws(GGUFError) in try reader.string("a text") })
    case .array:
      return .arrays(try many(count) { (reader) throws(GGUFError) in try reader.array(depth: depth + 1) })
    }
  }

  /// How many elements an array has, once it is certain that the file can hold them.
  private mutating func arrayCount(_ type: ValueType) throws(GGUFError) -> Int {
    let count: UInt64 = try integer("an array's length")
    guard count <= UInt64(Self.arrayLimit) else { throw fail(.longArray(count: count, limit: Self.arrayLimit)) }
    let (needed, available) = (count * UInt64(type.leastBytes), bytes.count - at)
    guard needed <= UInt64(available) else {
      throw fail(.cutOff(reading: "an array", byte: at, needed: needed, available: available))
    }
    return Int(count)
  }

  private mutating func numbers<T: FixedWidthInteger, Element>(
    _ count: Int, _ convert: (T) -> Element
  ) throws(GGUFError) -> [Element] {
    let size = MemoryLayout<T>.size
    let source = try take(UInt64(count * size), "an array")
    return (0..<count).map {
      convert(T(littleEndian: source.loadUnaligned(fromByteOffset: $0 * size, as: T.self)))
    }
  }

  private mutating func many<Element>(
    _ count: Int, _ read: (inout GGUFReader) throws(GGUFError) -> Element
  ) throws(GGUFError) -> [Element] {
    var elements: [Element] = []
    elements.reserveCapacity(count)
    for _ in 0..<count { elements.append(try read(&self)) }
    return elements
  }

  /// A problem with what is being read.
  func fail(_ problem: GGUFError.Problem) -> GGUFError { GGUFError(file: file, place: place, problem: problem) }
}
