import Foundation
import Tensor
import Testing

@Suite("GGUF")
struct GGUFTests {
  private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/gguf")

  /// A file with every type of value and element, and its tensors as the Python package gguf dequantises them.
  private static func types() throws -> (file: GGUFFile, golden: SafetensorsFile) {
    (
      try GGUFFile(path: fixtures.appending(path: "types.gguf").path),
      try SafetensorsFile(path: fixtures.appending(path: "types.safetensors").path)
    )
  }

  // MARK: Tensors

  @Test("Every element type gives the bits that the reference gives.")
  func dequantisation() throws {
    let (file, golden) = try Self.types()
    #expect(Set(file.entries.map(\.type)) == Set(GGUFType.allCases))
    #expect(Set(file.entries.map(\.name)) == Set(golden.entries.map(\.name)))
    for entry in file.entries {
      let (found, expected) = (try file.tensor(entry.name), try golden.tensor(entry.name))
      #expect(found.shape == expected.shape && entry.count == found.count, "\(entry.name)")
      let place = found.firstDifference(from: expected)
      #expect(
        place == nil,
        "\(entry.name) differs first at \(place ?? 0): \(found.values[place ?? 0]) for \(expected.values[place ?? 0])")
    }
  }

  @Test("Blocks are split among threads without a change of bits.")
  func threads() throws {
    let scratch = try Scratch()
    let (rows, width) = (256, 2048)
    let blocks = (0..<rows * width / 256 * 144).map { UInt8(truncatingIfNeeded: $0 &* 37 % 113) }
    let sizes = [UInt64(width), UInt64(rows)]
    let path = try scratch.file(GGUFBytes(tensors: 1).tensor("w", sizes, 12, at: 0).data(blocks))
    let whole = try GGUFFile(path: path).tensor("w")
    for row in [0, 1, 100, 255] {
      let part = Array(blocks[row * 8 * 144..<(row + 1) * 8 * 144])
      let one = try scratch.file(GGUFBytes(tensors: 1).tensor("w", [UInt64(width)], 12, at: 0).data(part))
      #expect(try GGUFFile(path: one).tensor("w") == whole.row(row), "row \(row)")
    }
  }

  @Test("Every float16 number is a scale, exactly.")
  func scales() throws {
    let scratch = try Scratch()
    var data: [UInt8] = []
    for bits in 0...UInt16.max {
      data += [UInt8(bits & 255), UInt8(bits >> 8)] + [UInt8](repeating: 1, count: 32)
    }
    let path = try scratch.file(GGUFBytes(tensors: 1).tensor("w", [32, 65_536], 8, at: 0).data(data))
    let found = try GGUFFile(path: path).tensor("w")
    let expected = HalfPrecision.floats(float16: Array(0...UInt16.max))
    let wrong = (0..<65_536).filter {
      let (a, b) = (found[$0, 7], expected[$0])
      return a.bitPattern != b.bitPattern && !(a.isNaN && b.isNaN)
    }
    #expect(wrong.isEmpty)
  }

  @Test("Sizes are outermost first, and bytes lie where the file has them.")
  func entries() throws {
    let (file, _) = try Self.types()
    #expect(file.version == 3 && file.entries.first?.name == "plain.f32" && file.entries.count == 18)
    #expect(try file.entry("axes.three").shape == [2, 3, 64] && file.entry("axes.one").shape == [7])
    let entry = try file.entry("random.Q6_K")
    #expect(entry.shape == [7, 512] && entry.type == .q6K && entry.bytes.count == 14 * 210)
    for entry in file.entries { #expect(entry.bytes.lowerBound % 64 == 0, "\(entry.name) is aligned as the file says") }
    let bytes = try Data(contentsOf: URL(fileURLWithPath: file.path))
    #expect(try file.withBytes("axes.one") { Array($0) } == Array(bytes[try file.entry("axes.one").bytes]))
    #expect(file.contains("axes.one") && !file.contains("axes.two"))
  }

  @Test("A matrix is packed in its own type where the product has it, in float32 where it has not.")
  func packing() throws {
    let (file, golden) = try Self.types()
    let types: [(String, ElementType)] = [
      ("plain.f32", .f32), ("plain.f16", .f16), ("plain.bf16", .bf16), ("random.Q5_1", .f32), ("random.Q4_K", .f32),
    ]
    for (name, type) in types {
      let expected = try golden.tensor(name)
      let (packed, turned) = (try file.packed(name), try file.packed(name, transposed: true))
      #expect(packed.type == type && packed.outputs == expected.shape[0] && packed.inputs == expected.shape[1])
      #expect(turned.type == type && turned.outputs == expected.shape[1] && turned.inputs == expected.shape[0])
      for row in 0..<packed.outputs { #expect(packed.row(row) == expected.row(row), "\(name), row \(row)") }
      #expect(turned.row(5).values == (0..<turned.inputs).map { expected[$0, 5] }, "\(name), transposed")
    }
  }

  @Test("Version 2 is read as version 3 is.")
  func versionTwo() throws {
    let scratch = try Scratch()
    let (file, _) = try Self.types()
    var bytes = GGUFBytes()
    bytes.bytes = Array(try Data(contentsOf: URL(fileURLWithPath: file.path)))
    bytes.bytes[4] = 2
    let older = try GGUFFile(path: scratch.file(bytes))
    #expect(older.version == 2 && older.entries == file.entries && older.metadata.keys == file.metadata.keys)
  }

  // MARK: Metadata

  @Test("Every type of value is read, whole.")
  func values() throws {
    let metadata = try Self.types().file.metadata
    let expected: [(String, GGUFValue)] = [
      ("general.architecture", .string("llama")), ("general.alignment", .unsigned(64)),
      ("value.u8", .unsigned(255)), ("value.i8", .signed(-128)), ("value.u16", .unsigned(65_535)),
      ("value.i16", .signed(-32_768)), ("value.u32", .unsigned(4_294_967_295)),
      ("value.i32", .signed(-2_147_483_648)), ("value.u64", .unsigned(.max)), ("value.i64", .signed(.min)),
      ("value.f32", .float(Double(Float(0.1)))), ("value.f64", .float(0.1)), ("value.yes", .bool(true)),
      ("value.no", .bool(false)), ("value.text", .string("é 😀\n")), ("value.empty", .string("")),
      ("array.u8", .array(.unsigned([0, 255]))), ("array.i8", .array(.signed([-128, 127]))),
      ("array.u16", .array(.unsigned([0, 65_535]))), ("array.i16", .array(.signed([-32_768, 32_767]))),
      ("array.u32", .array(.unsigned([0, 4_294_967_295]))),
      ("array.i32", .array(.signed([-2_147_483_648, 2_147_483_647]))),
      ("array.u64", .array(.unsigned([0, .max]))), ("array.i64", .array(.signed([.min, .max]))),
      ("array.f32", .array(.floats([Double(Float(0.1)), Double(Float(-1e30))]))),
      ("array.f64", .array(.floats([0.1, -1e300]))), ("array.bool", .array(.bools([true, false, true]))),
      ("array.text", .array(.strings(["", "Ġhello", "a text longer than fifteen bytes", "😀"]))),
      ("array.arrays", .array(.arrays([.unsigned([1, 2]), .signed([-3])]))),
    ]
    #expect(metadata.keys == expected.map(\.0))
    for (key, value) in expected { #expect(metadata[key] == value, "\(key)") }
  }

  @Test("A value is given as the type that is asked for.")
  func accessors() throws {
    let metadata = try Self.types().file.metadata
    #expect(try metadata.integer("value.u32") == 4_294_967_295 && metadata.integer("value.i64") == .min)
    #expect(try Float(metadata.float("value.f32")) == 0.1 && metadata.float("value.f64") == 0.1)
    #expect(try metadata.bool("value.yes") && !metadata.bool("value.no"))
    #expect(try metadata.string("value.text") == "é 😀\n")
    #expect(try metadata.integers("array.u16") == [0, 65_535] && metadata.integers("array.i8") == [-128, 127])
    #expect(try metadata.floats("array.f64") == [0.1, -1e300])
    #expect(try metadata.bools("array.bool") == [true, false, true])
    #expect(try metadata.strings("array.text").last == "😀")
    #expect(try metadata.integer(ifPresent: "none") == nil && metadata.integer(ifPresent: "value.u8") == 255)
    #expect(try metadata.float(ifPresent: "none") == nil && metadata.bool(ifPresent: "none") == nil)
    #expect(try metadata.string(ifPresent: "none") == nil && metadata.strings(ifPresent: "none") == nil)
    #expect(try metadata.integers(ifPresent: "none") == nil && metadata.floats(ifPresent: "none") == nil)
    #expect(try metadata.bools(ifPresent: "none") == nil && metadata["none"] == nil)
  }

  @Test("A vocabulary without tensors is read, however many words it has.")
  func vocabulary() throws {
    let scratch = try Scratch()
    let words = (0..<250_000).map { $0 % 3 == 0 ? "a word of many letters, \($0)" : "Ġ\($0)" }
    var bytes = GGUFBytes(values: 1).array("tokenizer.ggml.tokens", 8, UInt64(words.count))
    for word in words {
      withUnsafeBytes(of: UInt64(word.utf8.count).littleEndian) { bytes.bytes += $0 }
      bytes.bytes += word.utf8
    }
    let file = try GGUFFile(path: scratch.file(bytes))
    #expect(try file.entries.isEmpty && file.metadata.strings("tokenizer.ggml.tokens") == words)
  }

  // MARK: Requests

  @Test("Asking for what is not there names the nearest; asking for another type says what was found.")
  func requests() throws {
    let (file, _) = try Self.types()
    func message(_ body: () throws -> Void) -> String? {
      let error = #expect(throws: GGUFError.self) { try body() }
      #expect(error?.file == file.path)
      return error?.description.replacingOccurrences(of: file.path, with: "types.gguf")
    }
    #expect(
      message { _ = try file.tensor("random.Q4_X") }
        == "types.gguf: tensor “random.Q4_X”: there is no such tensor; did you mean “random.Q4_0”?")
    #expect(
      message { _ = try file.packed("axes.three") }
        == "types.gguf: tensor “axes.three”: expected a matrix, with two axes, found the shape [2, 3, 64]")
    #expect(
      message { _ = try file.metadata.integer("general.aligment") }
        == "types.gguf: metadata “general.aligment”: there is no such value; did you mean “general.alignment”?")
    #expect(
      message { _ = try file.metadata.string("tokenizer.chat_template") }
        == "types.gguf: metadata “tokenizer.chat_template”: there is no such value; the file holds none like it")
    #expect(
      message { _ = try file.metadata.integer("value.text") }
        == "types.gguf: metadata “value.text”: expected an integer below 2^63, found the text “é 😀\n”")
    #expect(
      message { _ = try file.metadata.integer(ifPresent: "value.u64") }
        == "types.gguf: metadata “value.u64”: expected an integer below 2^63, found the integer 18446744073709551615")
    #expect(
      message { _ = try file.metadata.integers("array.u64") }
        == "types.gguf: metadata “array.u64”: expected an array of integers below 2^63, found an array of 2 integers")
    #expect(
      message { _ = try file.metadata.strings("array.f32") }
        == "types.gguf: metadata “array.f32”: expected an array of texts, found an array of 2 numbers")
    #expect(
      message { _ = try file.metadata.floats("array.bool") }
        == "types.gguf: metadata “array.bool”: expected an array of floating-point numbers, "
        + "found an array of 3 truth values")
    #expect(
      message { _ = try file.metadata.float("array.arrays") }
        == "types.gguf: metadata “array.arrays”: expected a floating-point number, found an array of 2 arrays")
    #expect(
      message { _ = try file.metadata.bool("value.f64") }
        == "types.gguf: metadata “value.f64”: expected a truth value, found the number 0.1")
    #expect(
      message { _ = try file.metadata.bools("value.yes") }
        == "types.gguf: metadata “value.yes”: expected an array of truth values, found true")
  }

  @Test("A missing file is refused by name.")
  func unreadable() throws {
    let missing = try Scratch().path("none.gguf")
    let error = #expect(throws: FileError.self) { try GGUFFile(path: missing) }
    #expect(error?.description == "cannot open \(missing): No such file or directory")
  }
}
