import Foundation

/// Reads strict JSON (RFC 8259) with a bound on its depth.
struct JSONReader {
  /// Deeper nesting is refused: no tokenizer or message list needs it, and the stack is finite.
  static let maximumDepth = 128

  private let bytes: UnsafeBufferPointer<UInt8>
  private let file: String
  private var position = 0

  private init(bytes: UnsafeBufferPointer<UInt8>, file: String) {
    self.bytes = bytes
    self.file = file
  }

  /// Reads one document.
  /// - Throws: `TokenizerError.malformedJSON` with the place.
  static func read(_ data: Data, file: String) throws -> OrderedJSON {
    let bytes = [UInt8](data)
    return try bytes.withUnsafeBufferPointer { buffer in
      var reader = JSONReader(bytes: buffer, file: file)
      if buffer.starts(with: [0xEF, 0xBB, 0xBF]) { reader.position = 3 }
      let value = try reader.value(depth: 0)
      reader.skipSpace()
      guard reader.position == buffer.count else { throw reader.error("expected the end of the file") }
      return value
    }
  }

  private func error(_ reason: String, at place: Int? = nil) -> TokenizerError {
    let end = min(place ?? position, bytes.count)
    var line = 1
    var start = 0
    for index in 0..<end where bytes[index] == 0x0A {
      line += 1
      start = index + 1
    }
    return .malformedJSON(file: file, line: line, column: end - start + 1, reason: reason)
  }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private mutating func value(depth: Int) throws -> OrderedJSON {
    guard depth < Self.maximumDepth else { throw error("nested deeper than \(Self.maximumDepth) levels") }
    skipSpace()
    guard let byte = current else { throw error("the text ends where a value is expected") }
    switch byte {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw error("expected a value")
    }
  }

  private mutating func word(_ word: StaticString, _ value: OrderedJSON) throws -> OrderedJSON {
    let count = word.utf8CodeUnitCount
    guard position + count <= bytes.count,
      (0..<count).allSatisfy({ bytes[position + $0] == word.utf8Start[$0] })
    else { throw error("expected “\(word)”") }
    position += count
    return value
  }

  private mutating func object(depth: Int) throws -> OrderedJSON {
    position += 1
    var members: [OrderedJSON.Member] = []
    skipSpace()
    if current == UInt8(ascii: "}") {
      position += 1
      return .object(members)
    }
    while true {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw error("expected a key in double quotes") }
      let key = try string()
      skipSpace()
      guard current == UInt8(ascii: ":") else { throw error("expected “:” after the key") }
      position += 1
      members.append(.init(key: key, value: try value(depth: depth + 1)))
      skipSpace()
      switch current {
      case UInt8(ascii: ","): position += 1
      case UInt8(ascii: "}"):
        position += 1
        return .object(members)
      default: throw error("expected “,” or “}”")
      }
    }
  }

  private mutating func array(depth: Int) throws -> OrderedJSON {
    position += 1
    var items: [OrderedJSON] = []
    skipSpace()
    if current == UInt8(ascii: "]") {
      position += 1
      return .array(items)
    }
    while true {
      items.append(try value(depth: depth + 1))
      skipSpace()
      switch current {
      case UInt8(ascii: ","): position += 1
      case UInt8(ascii: "]"):
        position += 1
        return .array(items)
      default: throw error("expected “,” or “]”")
      }
    }
  }

  private mutating func number() throws -> OrderedJSON {
    let start = position
    func digits(_ at: inout Int) -> Int {
      let first = at
      while at < bytes.count, (0x30...0x39).contains(bytes[at]) { at += 1 }
      return at - first
    }
    var end = position
    if bytes[end] == UInt8(ascii: "-") { end += 1 }
    let leading = end
    let whole = digits(&end)
    guard whole > 0, whole == 1 || bytes[leading] != 0x30 else { throw error("malformed number", at: start) }
    var isInteger = true
    if end < bytes.count, bytes[end] == UInt8(ascii: ".") {
      isInteger = false
      end += 1
      guard digits(&end) > 0 else { throw error("malformed number", at: start) }
    }
    if end < bytes.count, bytes[end] | 0x20 == UInt8(ascii: "e") {
      isInteger = false
      end += 1
      if end < bytes.count, bytes[end] == UInt8(ascii: "+") || bytes[end] == UInt8(ascii: "-") { end += 1 }
      guard digits(&end) > 0 else { throw error("malformed number", at: start) }
    }
    let text = String(decoding: bytes[start..<end], as: UTF8.self)
    position = end
    if isInteger, let value = Int(text) { return .int(value) }
    guard let value = Double(text) else { throw error("malformed number", at: start) }
    return .double(value)
  }

  private mutating func string() throws -> String {
    let opening = position
    position += 1
    let start = position
    while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
    if current == UInt8(ascii: "\"") {
      defer { position += 1 }
      return try text(bytes[start..<position], from: opening)
    }
    var content = [UInt8](bytes[start..<position])
    while true {
      guard let byte = current else { throw error("the text ends inside a string", at: opening) }
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        return try text(content[...], from: opening)
      case UInt8(ascii: "\\"): content.append(contentsOf: try escape())
      case 0..<0x20: throw error("a control character in a string must be escaped")
      default:
        content.append(byte)
        position += 1
      }
    }
  }

  private func text(_ content: some Collection<UInt8>, from opening: Int) throws -> String {
    guard let text = String(validating: content, as: UTF8.self) else {
      throw error("a string is not valid UTF-8", at: opening)
    }
    return text
  }

  private mutating func escape() throws -> [UInt8] {
    position += 1
    guard let byte = current else { throw error("the text ends inside a string") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"):
      var unit = try hexadecimal()
      if (0xD800..<0xDC00).contains(unit), position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
        bytes[position + 1] == UInt8(ascii: "u")
      {
        let before = position
        position += 2
        let low = try hexadecimal()
        if (0xDC00..<0xE000).contains(low) {
          unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
        } else {
          position = before
        }
      }
      // A lone surrogate is no character: the replacement character stands for it.
      return [UInt8](String(Unicode.Scalar(unit) ?? "\u{FFFD}").utf8)
    default: throw error("unknown escape “\\\(Unicode.Scalar(byte))”", at: position - 2)
    }
  }

  private mutating func hexadecimal() throws -> UInt32 {
    guard position + 4 <= bytes.count else { throw error("the text ends inside a string") }
    var value: UInt32 = 0
    for index in position..<position + 4 {
      guard let digit = Character(Unicode.Scalar(bytes[index])).hexDigitValue else {
        throw error("expected four hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
    }
    position += 4
    return value
  }
}
