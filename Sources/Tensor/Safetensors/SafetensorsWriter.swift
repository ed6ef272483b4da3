import Foundation
import Kernels

/// A tensor to be written.
public enum SafetensorsValue: Sendable {
  /// As it is.
  case f32(Tensor)
  /// Each element rounded to the nearest bfloat16.
  case bf16(Tensor)
  /// Each element rounded to the nearest float16.
  case f16(Tensor)
  /// Float32 that is made when its turn comes to be written, so that many large tensors need not be there together.
  case later(shape: [Int], make: @Sendable () -> Tensor)
  /// A tensor of another file, with the bytes that it has there.
  case stored(SafetensorsFile, SafetensorsFile.Entry)
  /// Whole numbers with a shape.
  case i64([Int64], shape: [Int])
  /// Doubles with a shape.
  case f64([Double], shape: [Int])

  var type: ElementType {
    switch self {
    case .f32, .later: .f32
    case .bf16: .bf16
    case .f16: .f16
    case .stored(_, let entry): entry.type
    case .i64: .i64
    case .f64: .f64
    }
  }

  var shape: [Int] {
    switch self {
    case .f32(let tensor), .bf16(let tensor), .f16(let tensor): tensor.shape
    case .i64(_, let shape), .f64(_, let shape), .later(let shape, _): shape
    case .stored(_, let entry): entry.shape
    }
  }

  var count: Int {
    switch self {
    case .f32(let tensor), .bf16(let tensor), .f16(let tensor): tensor.count
    case .later(let shape, _): shape.reduce(1, *)
    case .stored(_, let entry): entry.count
    case .i64(let values, _): values.count
    case .f64(let values, _): values.count
    }
  }
}

extension SafetensorsFile {
  /// Writes a file: equal tensors give equal bytes, whatever the order they are given in.
  ///
  /// Wider types come first and names are sorted within a type, so every tensor lies on a multiple of its element. The
  /// bytes are written aside and take the name when they are complete and on the disk.
  ///
  /// - Throws: `SafetensorsError` if a name occurs twice or values do not fill their shape; `FileError` if the disk
  ///   refuses. What was there before then stays.
  public static func write(
    _ tensors: [(name: String, value: SafetensorsValue)], metadata: [String: String] = [:], to path: String
  ) throws {
    let sorted = tensors.sorted {
      ($1.value.type.byteCount, $0.name) < ($0.value.type.byteCount, $1.name)
    }
    let header = try header(sorted, metadata: metadata, path: path)
    try AtomicFile.write(to: URL(filePath: path)) { (sink) throws(FileError) in
      try sink.append(contentsOf: header)
      for (_, value) in sorted { try append(value, to: sink) }
    }
  }

  /// Writes a file of float32 tensors, or of others when `type` is bf16 or f16.
  public static func write(_ tensors: [String: Tensor], metadata: [String: String] = [:], to path: String) throws {
    try write(tensors.map { ($0.key, .f32($0.value)) }, metadata: metadata, to: path)
  }

  /// The length and the JSON, padded to a multiple of 8 bytes.
  private static func header(
    _ sorted: [(name: String, value: SafetensorsValue)], metadata: [String: String], path: String
  ) throws(SafetensorsError) -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
      members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    var names: Set<String> = ["__metadata__"]
    var begin = 0
    for (name, value) in sorted {
      guard names.insert(name).inserted else { throw .init(file: path, tensor: name, problem: .duplicateName) }
      guard value.count == value.shape.reduce(1, *) else {
        throw .init(file: path, tensor: name, problem: .wrongCount(shape: value.shape, found: value.count))
      }
      let end = begin + value.count * value.type.byteCount
      let shape = value.shape.map(String.init).joined(separator: ",")
      members.append(
        "\(quoted(name)):{\"dtype\":\"\(value.type.rawValue)\",\"shape\":[\(shape)],\"data_offsets\":[\(begin),\(end)]}"
      )
      begin = end
    }
    var json = Array("{\(members.joined(separator: ","))}".utf8)
    json.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - json.count % 8) % 8))
    return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) } + json
  }

  private static func append(_ value: SafetensorsValue, to sink: AtomicFile.Sink) throws(FileError) {
    switch value {
    case .f32(let tensor):
      try tensor.withUnsafePointer { (pointer) throws(FileError) in
        try sink.append(UnsafeRawBufferPointer(start: pointer, count: tensor.count * 4))
      }
    case .later(let shape, let make):
      let tensor = make()
      precondition(tensor.count == shape.reduce(1, *), "a tensor of another shape than was announced")
      try append(.f32(tensor), to: sink)
    case .stored(let file, let entry):
      let result = try? file.withBytes(entry.name) { bytes in
        Result { () throws(FileError) in try sink.append(bytes) }
      }
      guard let result else { preconditionFailure("“\(entry.name)” is not in the file that listed it") }
      try result.get()
    case .bf16(let tensor): try appendNarrowed(tensor, KERNELS_BF16, to: sink)
    case .f16(let tensor): try appendNarrowed(tensor, KERNELS_F16, to: sink)
    case .i64(let values, _): try sink.append(contentsOf: values)
    case .f64(let values, _): try sink.append(contentsOf: values)
    }
  }

  private static func appendNarrowed(
    _ tensor: Tensor, _ type: kernels_type, to sink: AtomicFile.Sink
  ) throws(FileError) {
    let halves = [UInt16](unsafeUninitializedCapacity: tensor.count) { buffer, count in
      tensor.withUnsafePointer { kernels_narrow(type, $0, buffer.baseAddress, Int64(tensor.count)) }
      count = tensor.count
    }
    try sink.append(contentsOf: halves)
  }

  /// A JSON text.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
