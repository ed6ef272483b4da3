import Foundation

/// Writes small GGUF files (version 3): texts, whole numbers and float32 tensors, such as control vectors.
public enum GGUFWriter {
  /// A value of the file's metadata.
  public enum Value: Sendable {
    case text(String)
    case unsigned(UInt32)
  }

  private static let alignment = 32

  /// Writes a file: equal contents give equal bytes. They are written aside and take the name when they are complete.
  ///
  /// - Parameters:
  ///   - metadata: keys and values, in the order in which they are written.
  ///   - tensors: names and tensors; GGUF counts axes from the innermost.
  /// - Throws: `FileError` if the disk refuses; what was there stays.
  public static func write(
    metadata: [(key: String, value: Value)], tensors: [(name: String, tensor: Tensor)], to path: String
  ) throws(FileError) {
    var bytes = Array("GGUF".utf8)
    append(UInt32(3), to: &bytes)
    append(UInt64(tensors.count), to: &bytes)
    append(UInt64(metadata.count), to: &bytes)
    for (key, value) in metadata {
      append(key, to: &bytes)
      switch value {
      case .text(let text):
        append(UInt32(8), to: &bytes)
        append(text, to: &bytes)
      case .unsigned(let number):
        append(UInt32(4), to: &bytes)
        append(number, to: &bytes)
      }
    }
    var offset = 0
    for (name, tensor) in tensors {
      append(name, to: &bytes)
      append(UInt32(tensor.shape.count), to: &bytes)
      for size in tensor.shape.reversed() { append(UInt64(size), to: &bytes) }
      append(UInt32(0), to: &bytes)
      append(UInt64(offset), to: &bytes)
      offset += padded(tensor.count * MemoryLayout<Float>.stride)
    }
    for (_, tensor) in tensors {
      pad(&bytes)
      for value in tensor.values { append(value.bitPattern, to: &bytes) }
    }
    pad(&bytes)
    let whole = bytes
    try AtomicFile.write(to: URL(filePath: path)) { (sink) throws(FileError) in try sink.append(contentsOf: whole) }
  }

  private static func append(_ number: some FixedWidthInteger, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
  }

  private static func append(_ text: String, to bytes: inout [UInt8]) {
    append(UInt64(text.utf8.count), to: &bytes)
    bytes += text.utf8
  }

  private static func padded(_ count: Int) -> Int { (count + alignment - 1) / alignment * alignment }

  private static func pad(_ bytes: inout [UInt8]) {
    bytes += [UInt8](repeating: 0, count: padded(bytes.count) - bytes.count)
  }
}
