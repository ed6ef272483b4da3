/// Reads the JSON of a header, no more of JSON than the format uses, and sees what a general reader hides: names that
/// occur twice, keys that do not belong, numbers that do not fit.
struct SafetensorsScanner {
  /// An entry as it is written.
  struct RawEntry {
    var name: String
    var type: String
    var shape: [Int]
    var begin: Int
    var end: Int
  }

  let bytes: UnsafeRawBufferPointer
  let file: String
  private var at = 0

  init(bytes: UnsafeRawBufferPointer, file: String) {
    self.bytes = bytes
    self.file = file
  }

  /// The whole header; nothing but white space may follow it.
  mutating func header() throws(SafetensorsError) -> (metadata: [String: String], entries: [RawEntry]) {
    var metadata: [String: String] = [:]
    var entries: [RawEntry] = []
    var names: Set<String> = []
    try members { (self, name) throws(SafetensorsError) in
      guard names.insert(name).inserted else {
        throw SafetensorsError(file: self.file, tensor: name, problem: .duplicateName)
      }
      if name == "__metadata__" {
        try self.members { (self, key) throws(SafetensorsError) in metadata[key] = try self.string() }
      } else {
        entries.append(try self.entry(named: name))
      }
    }
    skipSpace()
    guard at == bytes.count else { throw malformed("the header's end") }
    return (metadata, entries)
  }

  private mutating func entry(named name: String) throws(SafetensorsError) -> RawEntry {
    var type: String?
    var shape: [Int]?
    var offsets: [Int]?
    let path = file
    func fail(_ what: String) -> SafetensorsError {
      SafetensorsError(file: path, tensor: name, problem: .malformedEntry(what))
    }
    var seen: Set<String> = []
    try members { (self, key) throws(SafetensorsError) in
      guard seen.insert(key).inserted else { throw fail("the key “\(key)” occurs twice") }
      switch key {
      case "dtype": type = try self.string()
      case "shape": shape = try self.integers()
      case "data_offsets": offsets = try self.integers()
      default: throw fail("the key “\(key)” is unknown")
      }
    }
    guard let type else { throw fail("the key “dtype” is missing") }
    guard let shape else { throw fail("the key “shape” is missing") }
    guard let offsets else { throw fail("the key “data_offsets” is missing") }
    guard offsets.count == 2 else { throw fail("data_offsets has \(offsets.count) numbers instead of 2") }
    return RawEntry(name: name, type: type, shape: shape, begin: offsets[0], end: offsets[1])
  }

  // MARK: JSON

  private mutating func members(
    _ read: (inout SafetensorsScanner, String) throws(SafetensorsError) -> Void
  ) throws(SafetensorsError) {
    try expect("{")
    if accept("}") { return }
    repeat {
      let name = try string()
      try expect(":")
      try read(&self, name)
    } while accept(",")
    try expect("}")
  }

  private mutating func integers() throws(SafetensorsError) -> [Int] {
    try expect("[")
    var result: [Int] = []
    if accept("]") { return result }
    repeat { result.append(try integer()) } while accept(",")
    try expect("]")
    return result
  }

  private mutating func integer() throws(SafetensorsError) -> Int {
    skipSpace()
    let start = at
    var value = 0
    while at < bytes.count, (0x30...0x39).contains(bytes[at]) {
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(Int(bytes[at] - 0x30))
      guard !overflow, !carry else { throw malformed("an integer below 2^63") }
      value = sum
      at += 1
    }
    guard at > start else { throw malformed("an integer of at least 0") }
    return value
  }

  private mutating func string() throws(SafetensorsError) -> String {
    try expect("\"")
    var units: [UInt8] = []
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: units, as: UTF8.self) else { throw malformed("text in UTF-8") }
        return text
      case UInt8(ascii: "\\"): try escape(into: &units)
      case 0..<0x20: throw malformed("a character, not a control code")
      default: units.append(byte)
      }
    }
    throw malformed("the end of a text")
  }

  private mutating func escape(into units: inout [UInt8]) throws(SafetensorsError) {
    guard at < bytes.count else { throw malformed("an escape") }
    let kind = bytes[at]
    at += 1
    switch kind {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): units.append(kind)
    case UInt8(ascii: "b"): units.append(0x08)
    case UInt8(ascii: "f"): units.append(0x0c)
    case UInt8(ascii: "n"): units.append(0x0a)
    case UInt8(ascii: "r"): units.append(0x0d)
    case UInt8(ascii: "t"): units.append(0x09)
    case UInt8(ascii: "u"):
      var code = try hexadecimal()
      if (0xd800..<0xdc00).contains(code) {
        guard at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u") else {
          throw malformed("the second half of a surrogate pair")
        }
        at += 2
        let low = try hexadecimal()
        guard (0xdc00..<0xe000).contains(low) else { throw malformed("the second half of a surrogate pair") }
        code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw malformed("a Unicode scalar") }
      units.append(contentsOf: String(scalar).utf8)
    default: throw malformed("an escape")
    }
  }

  private mutating func hexadecimal() throws(SafetensorsError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard at < bytes.count, let digit = Character(Unicode.Scalar(bytes[at])).hexDigitValue, bytes[at] < 0x80 else {
        throw malformed("four hexadecimal digits")
      }
      code = code << 4 | UInt32(digit)
      at += 1
    }
    return code
  }

  private mutating func skipSpace() {
    while at < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[at]) { at += 1 }
  }

  private mutating func accept(_ character: Character) -> Bool {
    skipSpace()
    guard at < bytes.count, bytes[at] == character.asciiValue else { return false }
    at += 1
    return true
  }

  private mutating func expect(_ character: Character) throws(SafetensorsError) {
    guard accept(character) else { throw malformed("“\(character)”") }
  }

  private func malformed(_ expected: String) -> SafetensorsError {
    SafetensorsError(file: file, tensor: nil, problem: .malformedHeader(expected: expected, byte: 8 + at))
  }
}
