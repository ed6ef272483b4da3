import Foundation
import Tensor
import Testing

@Suite("Damaged GGUF")
struct GGUFDamageTests {
  /// A malformed file and what must be said of it.
  struct Malformed: Sendable, CustomTestStringConvertible {
    var name: String
    var bytes: GGUFBytes
    var place = GGUFError.Place.header
    var problem: GGUFError.Problem
    var testDescription: String { name }
  }

  static let headers: [Malformed] = [
    Malformed(name: "nothing", bytes: GGUFBytes(), problem: .notGGUF(found: [])),
    Malformed(
      name: "another format", bytes: GGUFBytes().raw(Array("GGML".utf8)).number(UInt32(3)),
      problem: .notGGUF(found: [71, 71, 77, 76])),
    Malformed(
      name: "no version", bytes: GGUFBytes().raw(Array("GGUF".utf8)),
      problem: .cutOff(reading: "the version", byte: 4, needed: 4, available: 0)),
    Malformed(name: "version 0", bytes: GGUFBytes(version: 0), problem: .unreadVersion(0)),
    Malformed(name: "version 1", bytes: GGUFBytes(version: 1), problem: .unreadVersion(1)),
    Malformed(name: "version 4", bytes: GGUFBytes(version: 4), problem: .unreadVersion(4)),
    Malformed(name: "big-endian", bytes: GGUFBytes(version: 3 << 24), problem: .bigEndian(version: 3)),
    Malformed(
      name: "numbers cut off", bytes: GGUFBytes().raw(Array("GGUF".utf8)).number(UInt32(3)).raw([1, 2, 3]),
      problem: .cutOff(reading: "the number of tensors", byte: 8, needed: 8, available: 3)),
    Malformed(
      name: "more values than bytes", bytes: GGUFBytes(values: .max),
      problem: .cutOff(reading: "a value's name", byte: 24, needed: 8, available: 0)),
    Malformed(
      name: "more tensors than bytes", bytes: GGUFBytes(tensors: .max),
      problem: .cutOff(reading: "a tensor's name", byte: 24, needed: 8, available: 0)),
  ]

  static let values: [Malformed] = [
    Malformed(
      name: "name longer than the file", bytes: GGUFBytes(values: 1).number(UInt64.max),
      problem: .cutOff(reading: "a value's name", byte: 32, needed: .max, available: 0)),
    Malformed(
      name: "name not in UTF-8", bytes: GGUFBytes(values: 1).number(UInt64(2)).raw([0xc3, 0x28]),
      problem: .invalidText(reading: "a value's name", byte: 32)),
    Malformed(
      name: "unknown type", bytes: GGUFBytes(values: 1).key("k", 13), place: .key("k"),
      problem: .unknownValueType(13, byte: 33)),
    Malformed(
      name: "type cut off", bytes: GGUFBytes(values: 1).text("k").raw([4]), place: .key("k"),
      problem: .cutOff(reading: "a value's type", byte: 33, needed: 4, available: 1)),
    Malformed(
      name: "number cut off", bytes: GGUFBytes(values: 1).key("k", 10).number(UInt32(5)), place: .key("k"),
      problem: .cutOff(reading: "a value", byte: 37, needed: 8, available: 4)),
    Malformed(
      name: "neither true nor false", bytes: GGUFBytes(values: 1).key("k", 7).raw([2]), place: .key("k"),
      problem: .invalidBool(2, byte: 37)),
    Malformed(
      name: "text longer than the file", bytes: GGUFBytes(values: 1).key("k", 8).number(UInt64(1) << 63),
      place: .key("k"), problem: .cutOff(reading: "a text", byte: 45, needed: 1 << 63, available: 0)),
    Malformed(
      name: "text not in UTF-8", bytes: GGUFBytes(values: 1).key("k", 8).number(UInt64(1)).raw([0xff]),
      place: .key("k"), problem: .invalidText(reading: "a text", byte: 45)),
    Malformed(
      name: "one name for two values",
      bytes: GGUFBytes(values: 2).key("k", 0).raw([1]).key("k", 0).raw([1]), place: .key("k"),
      problem: .duplicateName),
    Malformed(
      name: "array of an unknown type", bytes: GGUFBytes(values: 1).array("k", 99, 1), place: .key("k"),
      problem: .unknownValueType(99, byte: 37)),
    Malformed(
      name: "array longer than any", bytes: GGUFBytes(values: 1).array("k", 0, .max), place: .key("k"),
      problem: .longArray(count: .max, limit: 1 << 24)),
    Malformed(
      name: "array of numbers longer than the file", bytes: GGUFBytes(values: 1).array("k", 12, 1 << 24).data(100),
      place: .key("k"),
      problem: .cutOff(reading: "an array", byte: 49, needed: 1 << 27, available: 115)),
    Malformed(
      name: "array of texts longer than the file", bytes: GGUFBytes(values: 1).array("k", 8, 1 << 24),
      place: .key("k"),
      problem: .cutOff(reading: "an array", byte: 49, needed: 1 << 27, available: 0)),
    Malformed(
      name: "text of an array longer than the file",
      bytes: GGUFBytes(values: 1).array("k", 8, 1).number(UInt64(9)), place: .key("k"),
      problem: .cutOff(reading: "a text", byte: 57, needed: 9, available: 0)),
    Malformed(
      name: "array of arrays longer than the file", bytes: GGUFBytes(values: 1).array("k", 9, 2).data(0),
      place: .key("k"),
      problem: .cutOff(reading: "an array", byte: 49, needed: 24, available: 15)),
    Malformed(
      name: "array with what is neither true nor false", bytes: GGUFBytes(values: 1).array("k", 7, 2).raw([1, 3]),
      place: .key("k"), problem: .invalidBool(3, byte: 50)),
    Malformed(
      name: "arrays too deep",
      bytes: (0..<50_000).reduce(into: GGUFBytes(values: 1).key("k", 9)) { bytes, _ in
        bytes.bytes += [9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]
      }, place: .key("k"), problem: .deepArray(limit: 8)),
    Malformed(
      name: "alignment 0", bytes: GGUFBytes(values: 1).key("general.alignment", 4).number(UInt32(0)),
      place: .key("general.alignment"), problem: .wrongAlignment(0)),
    Malformed(
      name: "alignment 24", bytes: GGUFBytes(values: 1).key("general.alignment", 4).number(UInt32(24)),
      place: .key("general.alignment"), problem: .wrongAlignment(24)),
    Malformed(
      name: "alignment below 0", bytes: GGUFBytes(values: 1).key("general.alignment", 11).number(Int64.min),
      place: .key("general.alignment"), problem: .wrongAlignment(.min)),
    Malformed(
      name: "alignment beyond 32 bits",
      bytes: GGUFBytes(values: 1).key("general.alignment", 10).number(UInt64(1) << 62),
      place: .key("general.alignment"), problem: .wrongAlignment(1 << 62)),
    Malformed(
      name: "alignment that is no number", bytes: GGUFBytes(values: 1).key("general.alignment", 7).raw([1]),
      place: .key("general.alignment"), problem: .wrongValue(found: "true", wanted: "an integer below 2^63")),
  ]

  static let tensors: [Malformed] = [
    Malformed(
      name: "name longer than the file", bytes: GGUFBytes(tensors: 1).number(UInt64(5)).raw([65]),
      problem: .cutOff(reading: "a tensor's name", byte: 32, needed: 5, available: 1)),
    Malformed(
      name: "sizes cut off", bytes: GGUFBytes(tensors: 1).text("w").number(UInt32(2)).number(UInt64(1)),
      place: .tensor("w"), problem: .cutOff(reading: "a size", byte: 45, needed: 8, available: 0)),
    Malformed(
      name: "five axes", bytes: GGUFBytes(tensors: 1).tensor("w", [1, 1, 1, 1, 1], 0, at: 0).data(4),
      place: .tensor("w"), problem: .manyAxes(count: 5, limit: 4)),
    Malformed(
      name: "more axes than bytes", bytes: GGUFBytes(tensors: 1).text("w").number(UInt32.max), place: .tensor("w"),
      problem: .manyAxes(count: .max, limit: 4)),
    Malformed(
      name: "no elements", bytes: GGUFBytes(tensors: 1).tensor("w", [0, 1 << 60], 0, at: 0).data(4),
      place: .tensor("w"), problem: .emptyAxis(shape: [1 << 60, 0])),
    Malformed(
      name: "product overflows", bytes: GGUFBytes(tensors: 1).tensor("w", [1 << 32, 1 << 31], 0, at: 0).data(4),
      place: .tensor("w"), problem: .shapeOverflow(shape: [1 << 31, 1 << 32])),
    Malformed(
      name: "product wraps to a small one",
      bytes: GGUFBytes(tensors: 1).tensor("w", [1 << 62, 4], 0, at: 0).data(4), place: .tensor("w"),
      problem: .shapeOverflow(shape: [4, 1 << 62])),
    Malformed(
      name: "size overflows", bytes: GGUFBytes(tensors: 1).tensor("w", [.max], 8, at: 0).data(34),
      place: .tensor("w"), problem: .shapeOverflow(shape: [.max])),
    Malformed(
      name: "type that is not read", bytes: GGUFBytes(tensors: 1).tensor("w", [256], 10, at: 0).data(84),
      place: .tensor("w"), problem: .unreadType(code: 10)),
    Malformed(
      name: "type without a name", bytes: GGUFBytes(tensors: 1).tensor("w", [256], 999, at: 0).data(84),
      place: .tensor("w"), problem: .unreadType(code: 999)),
    Malformed(
      name: "half a block", bytes: GGUFBytes(tensors: 1).tensor("w", [16], 8, at: 0).data(34), place: .tensor("w"),
      problem: .brokenBlock(type: .q80, width: 16)),
    Malformed(
      name: "rows of half a block", bytes: GGUFBytes(tensors: 1).tensor("w", [128, 2], 12, at: 0).data(144),
      place: .tensor("w"), problem: .brokenBlock(type: .q4K, width: 128)),
    Malformed(
      name: "blocks without an axis", bytes: GGUFBytes(tensors: 1).tensor("w", [], 2, at: 0).data(18),
      place: .tensor("w"), problem: .brokenBlock(type: .q40, width: 1)),
    Malformed(
      name: "offset cut off", bytes: GGUFBytes(tensors: 1).text("w").number(UInt32(0)).number(UInt32(0)).raw([0]),
      place: .tensor("w"), problem: .cutOff(reading: "the offset", byte: 41, needed: 8, available: 1)),
    Malformed(
      name: "offset between two multiples", bytes: GGUFBytes(tensors: 1).tensor("w", [1], 0, at: 8).data(64),
      place: .tensor("w"), problem: .misaligned(offset: 8, alignment: 32)),
    Malformed(
      name: "offset past the end", bytes: GGUFBytes(tensors: 1).tensor("w", [1], 0, at: 64).data(64),
      place: .tensor("w"), problem: .pastEnd(offset: 64, bytes: 4, available: 64)),
    Malformed(
      name: "offset near 2^64",
      bytes: GGUFBytes(tensors: 1).tensor("w", [1], 0, at: .max - 31).data(64), place: .tensor("w"),
      problem: .pastEnd(offset: .max - 31, bytes: 4, available: 64)),
    Malformed(
      name: "end past the end", bytes: GGUFBytes(tensors: 1).tensor("w", [9], 0, at: 32).data(64),
      place: .tensor("w"), problem: .pastEnd(offset: 32, bytes: 36, available: 32 + 32)),
    Malformed(
      name: "no data", bytes: GGUFBytes(tensors: 1).tensor("w", [1 << 60], 0, at: 0), place: .tensor("w"),
      problem: .pastEnd(offset: 0, bytes: 1 << 62, available: 0)),
    Malformed(
      name: "one name for two tensors",
      bytes: GGUFBytes(tensors: 2).tensor("w", [1], 0, at: 0).tensor("w", [1], 0, at: 32).data(36),
      place: .tensor("w"), problem: .duplicateName),
    Malformed(
      name: "two tensors in one place",
      bytes: GGUFBytes(tensors: 2).tensor("v", [1], 0, at: 0).tensor("w", [1], 0, at: 0).data(4),
      place: .tensor("w"), problem: .overlap(with: "v", bytes: 4)),
    Malformed(
      name: "a tensor that begins in another",
      bytes: GGUFBytes(tensors: 2).tensor("v", [4], 0, at: 32).tensor("w", [12], 0, at: 0).data(48),
      place: .tensor("v"), problem: .overlap(with: "w", bytes: 16)),
  ]

  @Test(
    "Each malformed file is refused with its name, the place and the reason.", arguments: headers + values + tensors)
  func malformed(_ test: Malformed) throws {
    let scratch = try Scratch()
    let path = try scratch.file(test.bytes)
    let error = #expect(throws: GGUFError.self) { try GGUFFile(path: path) }
    #expect(error == GGUFError(file: path, place: test.place, problem: test.problem))
    #expect(error?.description.hasPrefix(path) == true)
  }

  @Test("A type that is not read is named, with those that are.")
  func unreadType() throws {
    let error = GGUFError(file: "model.gguf", place: .tensor("w"), problem: .unreadType(code: 23))
    #expect(
      error.description
        == "model.gguf: tensor “w”: the element type IQ4_XS is not read; read are F32, F16, BF16, Q4_0, Q4_1, Q5_0, "
        + "Q5_1, Q8_0, Q4_K, Q5_K, Q6_K: quantise the model to one of these")
  }

  @Test("Padding between tensors and after the last one is allowed, in any order.")
  func padding() throws {
    let scratch = try Scratch()
    let header = GGUFBytes(tensors: 2).tensor("late", [1], 0, at: 96).tensor("early", [1], 0, at: 0)
    let data = [0, 0, 128, 63] + [UInt8](repeating: 7, count: 92) + [0, 0, 0, 64, 9]
    let file = try GGUFFile(path: scratch.file(header.data(data)))
    #expect(file.entries.map(\.name) == ["late", "early"])
    #expect(try file.tensor("late").values == [2] && file.tensor("early").values == [1])
  }

  /// Values and tensors of most kinds in less than 1,000 bytes.
  private static let small = GGUFBytes(tensors: 4, values: 7)
    .key("general.alignment", 4).number(UInt32(32))
    .key("text", 8).text("é")
    .key("flag", 7).raw([1])
    .array("words", 8, 2).text("a").text("bc")
    .array("nested", 9, 1).number(UInt32(4)).number(UInt64(2)).number(UInt32(1)).number(UInt32(2))
    .array("flags", 7, 1).raw([0])
    .array("scores", 6, 1).number(Float(0.5).bitPattern)
    .tensor("plain", [3, 2], 0, at: 0).tensor("q8", [32, 2], 8, at: 32).tensor("q6", [256], 14, at: 128)
    .tensor("scalar", [], 30, at: 352)
    .data((0..<354).map { UInt8(truncatingIfNeeded: $0 &* 29) })

  @Test("No damage makes the reader trap: every cut and every changed byte is read or refused.")
  func damage() throws {
    let scratch = try Scratch()
    let good = Self.small.bytes
    var refused = 0
    func read(_ candidate: [UInt8]) throws {
      let path = try scratch.file(GGUFBytes().raw(candidate))
      defer { unlink(path) }
      do {
        let file = try GGUFFile(path: path)
        for entry in file.entries {
          #expect(entry.bytes.upperBound <= candidate.count)
          #expect(try file.tensor(entry.name).count == entry.count)
          if entry.shape.count == 2 { _ = try file.packed(entry.name, transposed: true) }
        }
        for key in file.metadata.keys { #expect(file.metadata[key] != nil) }
      } catch is GGUFError {
        refused += 1
      }
    }
    try read(good)
    #expect(refused == 0)
    for index in good.indices {
      try read(Array(good[..<index]))
      #expect(refused == index + 1, "a file without its last byte is refused")
    }
    for index in good.indices {
      for change in [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff] as [UInt8] {
        var changed = good
        changed[index] ^= change
        try read(changed)
      }
    }
    #expect(refused > 2 * good.count)
  }
}
