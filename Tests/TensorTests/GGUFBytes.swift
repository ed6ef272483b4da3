import Foundation
import Testing

/// The bytes of a GGUF file, right or wrong, put together part by part.
struct GGUFBytes: Sendable {
  var bytes: [UInt8] = []

  /// Nothing, or the 24 bytes that every file begins with.
  init() {}

  init(version: UInt32 = 3, tensors: UInt64 = 0, values: UInt64 = 0) {
    self = GGUFBytes().raw(Array("GGUF".utf8)).number(version).number(tensors).number(values)
  }

  func raw(_ more: [UInt8]) -> GGUFBytes {
    var result = self
    result.bytes += more
    return result
  }

  func number(_ value: some FixedWidthInteger) -> GGUFBytes {
    raw(withUnsafeBytes(of: value.littleEndian) { Array($0) })
  }

  func text(_ text: String) -> GGUFBytes { number(UInt64(text.utf8.count)).raw(Array(text.utf8)) }

  /// A value's name and the code of its type; the value is to follow.
  func key(_ name: String, _ type: UInt32) -> GGUFBytes { text(name).number(type) }

  /// An array's name, the code of its elements' type and its length; the elements are to follow.
  func array(_ name: String, _ type: UInt32, _ count: UInt64) -> GGUFBytes {
    key(name, 9).number(type).number(count)
  }

  /// - Parameter sizes: innermost first, as the file has them.
  func tensor(_ name: String, _ sizes: [UInt64], _ type: UInt32, at offset: UInt64) -> GGUFBytes {
    sizes.reduce(text(name).number(UInt32(sizes.count))) { $0.number($1) }.number(type).number(offset)
  }

  /// Padding to the alignment, then the data.
  func data(_ data: [UInt8], alignment: Int = 32) -> GGUFBytes {
    raw([UInt8](repeating: 0, count: (alignment - bytes.count % alignment) % alignment)).raw(data)
  }

  func data(_ count: Int) -> GGUFBytes { data([UInt8](repeating: 0, count: count)) }
}

extension Scratch {
  /// A file of those bytes. `Data` waits for the disk when it writes; thousands of small files need not.
  func file(_ contents: GGUFBytes) throws -> String {
    let path = path(UUID().uuidString)
    let file = try #require(fopen(path, "w"))
    let written = contents.bytes.isEmpty ? 0 : fwrite(contents.bytes, 1, contents.bytes.count, file)
    #expect(fclose(file) == 0 && written == contents.bytes.count)
    return path
  }
}
