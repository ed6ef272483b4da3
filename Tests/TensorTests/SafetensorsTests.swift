import Foundation
import Tensor
import Testing

/// A directory of its own for one test.
struct Scratch: ~Copyable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  /// A file of a header's length, the header and `data` zero bytes.
  func file(_ header: String, data: Int = 0, length: UInt64? = nil) throws -> String {
    var bytes = withUnsafeBytes(of: (length ?? UInt64(header.utf8.count)).littleEndian) { Data($0) }
    bytes.append(contentsOf: header.utf8)
    bytes.append(contentsOf: repeatElement(0, count: data))
    let path = path(UUID().uuidString)
    try bytes.write(to: URL(fileURLWithPath: path))
    return path
  }
}

@Suite("Safetensors")
struct SafetensorsTests {
  /// A malformed header and what must be said of it.
  struct Malformed: Sendable, CustomTestStringConvertible {
    var name: String
    var header: String
    var data = 0
    var tensor: String?
    var problem: SafetensorsError.Problem
    var testDescription: String { name }
  }

  static func entry(_ name: String, _ type: String, _ shape: String, _ begin: String, _ end: String) -> String {
    "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":[\(begin),\(end)]}"
  }

  static let malformed: [Malformed] = [
    Malformed(
      name: "no JSON", header: "hello", problem: .malformedHeader(expected: "“{”", byte: 8)),
    Malformed(name: "empty", header: "", problem: .malformedHeader(expected: "“{”", byte: 8)),
    Malformed(
      name: "JSON cut off", header: "{\"a\":", problem: .malformedHeader(expected: "“{”", byte: 13)),
    Malformed(
      name: "text after the end", header: "{} x", problem: .malformedHeader(expected: "the header's end", byte: 11)),
    Malformed(
      name: "unfinished text", header: "{\"a", problem: .malformedHeader(expected: "the end of a text", byte: 11)),
    Malformed(
      name: "negative size", header: "{\(entry("a", "F32", "[-1]", "0", "4"))}", data: 4,
      problem: .malformedHeader(expected: "an integer of at least 0", byte: 37)),
    Malformed(
      name: "integer too large", header: "{\(entry("a", "F32", "[1]", "0", "99999999999999999999"))}", data: 4,
      problem: .malformedHeader(expected: "an integer below 2^63", byte: 76)),
    Malformed(
      name: "duplicate name",
      header: "{\(entry("a", "U8", "[1]", "0", "1")),\(entry("a", "U8", "[1]", "1", "2"))}", data: 2, tensor: "a",
      problem: .duplicateName),
    Malformed(
      name: "unknown type", header: "{\(entry("a", "F31", "[1]", "0", "4"))}", data: 4, tensor: "a",
      problem: .unknownType("F31")),
    Malformed(
      name: "missing key", header: "{\"a\":{\"dtype\":\"U8\",\"shape\":[1]}}", data: 1, tensor: "a",
      problem: .malformedEntry("the key “data_offsets” is missing")),
    Malformed(
      name: "unknown key", header: "{\"a\":{\"dtype\":\"U8\",\"size\":[1]}}", data: 1, tensor: "a",
      problem: .malformedEntry("the key “size” is unknown")),
    Malformed(
      name: "one offset", header: "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0]}}", data: 1, tensor: "a",
      problem: .malformedEntry("data_offsets has 1 numbers instead of 2")),
    Malformed(
      name: "offsets past the end", header: "{\(entry("a", "U8", "[3]", "0", "3"))}", data: 2, tensor: "a",
      problem: .offsetsOutOfRange(begin: 0, end: 3, available: 2)),
    Malformed(
      name: "offsets backwards", header: "{\(entry("a", "U8", "[0]", "2", "1"))}", data: 2, tensor: "a",
      problem: .offsetsOutOfRange(begin: 2, end: 1, available: 2)),
    Malformed(
      name: "overlap", header: "{\(entry("a", "U8", "[2]", "0", "2")),\(entry("b", "U8", "[2]", "1", "3"))}", data: 3,
      tensor: "b", problem: .overlap(with: "a", bytes: 1)),
    Malformed(
      name: "hole inside", header: "{\(entry("a", "U8", "[1]", "0", "1")),\(entry("b", "U8", "[1]", "2", "3"))}",
      data: 3, problem: .hole(begin: 1, end: 2)),
    Malformed(
      name: "hole at the end", header: "{\(entry("a", "U8", "[1]", "0", "1"))}", data: 3,
      problem: .hole(begin: 1, end: 3)),
    Malformed(
      name: "size and shape disagree", header: "{\(entry("a", "F32", "[2]", "0", "4"))}", data: 4, tensor: "a",
      problem: .sizeMismatch(shape: [2], type: .f32, expected: 8, found: 4)),
    Malformed(
      name: "shape overflows", header: "{\(entry("a", "F32", "[4294967296,4294967296]", "0", "4"))}", data: 4,
      tensor: "a", problem: .shapeOverflow(shape: [4_294_967_296, 4_294_967_296])),
    Malformed(
      name: "shape overflows behind an empty axis",
      header: "{\(entry("a", "F32", "[0,4294967296,4294967296]", "0", "0"))}", tensor: "a",
      problem: .shapeOverflow(shape: [0, 4_294_967_296, 4_294_967_296])),
    Malformed(
      name: "nested 100,000 deep", header: String(repeating: "{\"a\":", count: 100_000), tensor: "a",
      problem: .malformedEntry("the key “a” is unknown")),
    Malformed(
      name: "shape nested 100,000 deep",
      header: "{\(entry("a", "F32", String(repeating: "[", count: 100_000), "0", "0"))}",
      problem: .malformedHeader(expected: "an integer of at least 0", byte: 37)),
  ]

  @Test("Each malformed header is refused with the file, the tensor and the reason.", arguments: malformed)
  func malformedHeaders(_ test: Malformed) throws {
    let scratch = try Scratch()
    let path = try scratch.file(test.header, data: test.data)
    let error = #expect(throws: SafetensorsError.self) { try SafetensorsFile(path: path) }
    #expect(error == SafetensorsError(file: path, tensor: test.tensor, problem: test.problem))
    #expect(error?.description.hasPrefix(path) == true)
  }

  @Test("A file without room for a header, or a header that lies about its length, is refused.")
  func lengths() throws {
    let scratch = try Scratch()
    let short = scratch.path("short")
    for bytes in [0, 7] {
      try Data(repeating: 0, count: bytes).write(to: URL(fileURLWithPath: short))
      #expect(throws: SafetensorsError(file: short, tensor: nil, problem: .tooShort(bytes: bytes))) {
        try SafetensorsFile(path: short)
      }
    }
    for length in [3, 100_000_000] as [UInt64] {
      let lying = try scratch.file("{}", length: length)
      let problem = SafetensorsError.Problem.headerPastEnd(bytes: length, available: 2)
      #expect(throws: SafetensorsError(file: lying, tensor: nil, problem: problem)) { try SafetensorsFile(path: lying) }
    }
    // A header as long as the format allows, all zeros: the file has holes, so it takes no room on the disk.
    let zeros = try scratch.file("", length: 100_000_000)
    #expect(truncate(zeros, 100_000_008) == 0)
    let problem = SafetensorsError.Problem.malformedHeader(expected: "“{”", byte: 8)
    #expect(throws: SafetensorsError(file: zeros, tensor: nil, problem: problem)) { try SafetensorsFile(path: zeros) }
    for length in [100_000_001, UInt64.max] {
      let huge = try scratch.file("{}", length: length)
      #expect(
        throws: SafetensorsError(file: huge, tensor: nil, problem: .headerTooLong(bytes: length, limit: 100_000_000))
      ) {
        try SafetensorsFile(path: huge)
      }
    }
  }

  @Test("A missing file and a directory are refused by name.")
  func unreadable() throws {
    let scratch = try Scratch()
    let missing = scratch.path("none.safetensors")
    let error = #expect(throws: FileError.self) { try SafetensorsFile(path: missing) }
    #expect(error?.description == "cannot open \(missing): No such file or directory")
    #expect(throws: FileError(action: "map", path: scratch.url.path, errno: EISDIR)) {
      try SafetensorsFile(path: scratch.url.path)
    }
  }

  @Test("No header makes the reader trap: every cut and every changed byte is read or refused.")
  func damage() throws {
    let scratch = try Scratch()
    let good = scratch.path("good")
    try SafetensorsFile.write(
      [("a\"\\\u{1}é", .f32(Tensor([2, 2], [1, 2, 3, 4]))), ("b", .i64([5], shape: [1]))], metadata: ["k": "v"],
      to: good)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: good))
    let path = scratch.path("damaged")
    var refused = 0
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= UInt8(truncatingIfNeeded: 1 << (index % 8))
      for candidate in [changed, bytes.prefix(index)] {
        try candidate.write(to: URL(fileURLWithPath: path))
        do {
          let file = try SafetensorsFile(path: path)
          for entry in file.entries { #expect(entry.bytes.upperBound <= candidate.count) }
        } catch is SafetensorsError {
          refused += 1
        }
      }
    }
    #expect(refused > bytes.count)
  }

  @Test("What is written is read back, in each type, and equal tensors give equal bytes in any order.")
  func roundTrip() throws {
    let scratch = try Scratch()
    let x = Tensor([3, 5], (0..<15).map { Float($0) * 0.37 - 2 })
    let tensors: [(name: String, value: SafetensorsValue)] = [
      ("half", .bf16(x)), ("whole", .f32(x)), ("small", .f16(x)), ("ids", .i64([3, -1, .max], shape: [3])),
      ("wide", .f64([0.1, -0.2], shape: [2, 1])), ("empty", .f32(Tensor(zeros: [0, 4]))),
      ("scalar \"\\\n", .f32(Tensor([], [7]))),
    ]
    let (one, two) = (scratch.path("one"), scratch.path("two"))
    try SafetensorsFile.write(tensors, metadata: ["format": "pt", "note": "é\t"], to: one)
    try SafetensorsFile.write(tensors.reversed(), metadata: ["note": "é\t", "format": "pt"], to: two)
    #expect(try Data(contentsOf: URL(fileURLWithPath: one)) == Data(contentsOf: URL(fileURLWithPath: two)))

    let file = try SafetensorsFile(path: one)
    #expect(file.metadata == ["format": "pt", "note": "é\t"] && file.entries.count == 7)
    #expect(try file.tensor("whole") == x)
    let rounded = HalfPrecision.floats(bfloat16: HalfPrecision.bfloat16(x.values))
    #expect(try file.tensor("half").values == rounded)
    #expect(try file.tensor("small").values == HalfPrecision.floats(float16: HalfPrecision.float16(x.values)))
    #expect(try file.integers("ids") == [3, -1, .max])
    #expect(try file.doubles("wide") == [0.1, -0.2] && file.tensor("wide").shape == [2, 1])
    #expect(try file.doubles("half") == rounded.map(Double.init))
    #expect(try file.tensor("empty").shape == [0, 4])
    #expect(try file.tensor("scalar \"\\\n").values == [7])
    for entry in file.entries where entry.type.byteCount > 1 {
      #expect(entry.bytes.lowerBound % entry.type.byteCount == 0, "\(entry.name) is aligned")
    }
    let packed = try file.packed("half")
    #expect(packed.type == .bf16 && packed.outputs == 3 && packed.inputs == 5)
    #expect(packed.row(2).values == Array(rounded[10...]))
    #expect(try file.packed("whole", transposed: true).row(4).values == [4, 9, 14].map { x.values[$0] })
  }

  @Test("A matrix without elements is packed, however large its other axis says to be.")
  func emptyMatrix() throws {
    let scratch = try Scratch()
    let size = 1 << 60
    for shape in ["[0,\(size)]", "[\(size),0]"] {
      let file = try SafetensorsFile(path: scratch.file("{\(Self.entry("a", "F32", shape, "0", "0"))}"))
      for transposed in [false, true] {
        #expect(try file.packed("a", transposed: transposed).byteCount <= 1)
      }
    }
  }

  @Test("Asking for what is not there names the nearest tensor; asking for another type says what was found.")
  func requests() throws {
    let scratch = try Scratch()
    let path = scratch.path("file")
    try SafetensorsFile.write([("norm.weight", .f32(Tensor(zeros: [2]))), ("ids", .i64([1], shape: [1]))], to: path)
    let file = try SafetensorsFile(path: path)
    func problem(_ body: () throws -> Void) -> SafetensorsError.Problem? {
      (#expect(throws: SafetensorsError.self) { try body() })?.problem
    }
    #expect(problem { _ = try file.tensor("norm.weigth") } == .missing(nearest: "norm.weight"))
    #expect(problem { _ = try file.tensor("ids") } == .wrongType(found: .i64, wanted: "floating-point numbers"))
    #expect(problem { _ = try file.integers("norm.weight") } == .wrongType(found: .f32, wanted: "whole numbers"))
    #expect(
      problem { _ = try file.packed("norm.weight") } == .wrongShape(found: [2], wanted: "a matrix, with two axes"))
    #expect(
      problem { try SafetensorsFile.write([("a", .i64([1], shape: [2]))], to: path) }
        == .wrongCount(shape: [2], found: 1))
    let twice: [(name: String, value: SafetensorsValue)] = [("a", .i64([1], shape: [1])), ("a", .i64([2], shape: [1]))]
    #expect(problem { try SafetensorsFile.write(twice, to: path) } == .duplicateName)
    #expect(try SafetensorsFile(path: path).entries.count == 2, "a refused write leaves the file as it was")
  }
}
