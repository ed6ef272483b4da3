import Kernels

/// A safetensors file, mapped into memory: opening it reads the header only, a tensor is read when it is asked for.
///
///     let file = try SafetensorsFile(path: "model.safetensors")
///     let norm = try file.tensor("model.norm.weight")                  // widened to float32
///     let head = try file.packed("lm_head.weight")                     // in its own type, ready to multiply
public struct SafetensorsFile: Sendable {
  /// Where the file lies.
  public let path: String
  /// Free text that came with the file.
  public let metadata: [String: String]
  /// What the file holds, in the order of the bytes.
  public let entries: [Entry]

  private let file: MappedFile
  private let index: [String: Int]

  /// A stored tensor.
  public struct Entry: Sendable, Equatable {
    /// Its name, unique in the file.
    public let name: String
    /// The type of its elements.
    public let type: ElementType
    /// Its sizes, outermost first.
    public let shape: [Int]
    /// Where its bytes lie in the file.
    public let bytes: Range<Int>

    /// How many elements it has.
    public var count: Int { bytes.count / type.byteCount }
  }

  /// Opens a file and checks its header.
  ///
  /// - Throws: `FileError` if the file cannot be opened; `SafetensorsError` if its header is malformed.
  public init(path: String) throws {
    file = try MappedFile(path: path)
    let header = try SafetensorsHeader(file.bytes, file: path)
    self.path = path
    metadata = header.metadata
    entries = header.entries
    index = Dictionary(uniqueKeysWithValues: header.entries.enumerated().map { ($1.name, $0) })
  }

  /// Whether there is a tensor of that name.
  public func contains(_ name: String) -> Bool { index[name] != nil }

  /// The tensor's type, shape and place.
  ///
  /// - Throws: `SafetensorsError` if there is none of that name, with the nearest name.
  public func entry(_ name: String) throws(SafetensorsError) -> Entry {
    guard let place = index[name] else {
      throw fail(name, .missing(nearest: NearestName.of(name, among: entries.lazy.map(\.name))))
    }
    return entries[place]
  }

  /// Takes the file's bytes into a digest.
  public func hash(into hasher: inout Digest.Hasher) { file.hash(into: &hasher) }

  /// Calls `body` with a tensor's bytes, little-endian, at any alignment.
  ///
  /// - Throws: `SafetensorsError` if there is none of that name, and what `body` throws.
  public func withBytes<R>(_ name: String, _ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
    let entry = try entry(name)
    defer { file.release(entry.bytes) }
    return try body(UnsafeRawBufferPointer(rebasing: file.bytes[entry.bytes]))
  }

  /// A tensor of F32, BF16 or F16, widened (exactly) to float32; of F64, rounded.
  ///
  /// - Throws: `SafetensorsError` if there is none of that name or its type is another.
  public func tensor(_ name: String) throws -> Tensor {
    let entry = try entry(name)
    return try withBytes(name) { bytes in
      try Tensor(entry.shape) { pointer in
        if let type = entry.type.kernelType {
          if let source = bytes.baseAddress { kernels_widen(type, source, pointer, Int64(entry.count)) }
        } else if entry.type == .f64 {
          for i in 0..<entry.count {
            let bits = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: i * 8, as: UInt64.self))
            pointer[i] = Float(Double(bitPattern: bits))
          }
        } else {
          throw fail(name, .wrongType(found: entry.type, wanted: "floating-point numbers"))
        }
      }
    }
  }

  /// Calls `body` with a way to read a matrix of F32, BF16 or F16 row by row, widened (exactly) to float32.
  ///
  /// No more of the matrix is in memory than what is read of it, and nothing is afterwards.
  ///
  /// - Throws: `SafetensorsError` if there is none of that name, it has not two axes, or its type is another; what `body`
  ///   throws.
  public func withRows<R>(of name: String, _ body: (_ row: @escaping (Int) -> [Float]) throws -> R) throws -> R {
    let entry = try entry(name)
    guard entry.shape.count == 2 else {
      throw fail(name, .wrongShape(found: entry.shape, wanted: "a matrix, with two axes"))
    }
    guard let type = entry.type.kernelType else {
      throw fail(name, .wrongType(found: entry.type, wanted: "F32, BF16 or F16"))
    }
    let (width, size) = (entry.shape[1], entry.shape[1] * entry.type.byteCount)
    return try withBytes(name) { bytes in
      try body { row in
        [Float](unsafeUninitializedCapacity: width) { numbers, count in
          let stored = UnsafeRawBufferPointer(rebasing: bytes[row * size..<(row + 1) * size])
          if let source = stored.baseAddress, let target = numbers.baseAddress {
            kernels_widen(type, source, target, Int64(width))
          }
          count = width
        }
      }
    }
  }

  /// The elements of a tensor of F64, F32, BF16 or F16, exactly.
  ///
  /// - Throws: `SafetensorsError` if there is none of that name or its type is another.
  public func doubles(_ name: String) throws -> [Double] {
    let entry = try entry(name)
    guard entry.type == .f64 else { return try tensor(name).values.map(Double.init) }
    return try withBytes(name) { bytes in
      (0..<entry.count).map {
        Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self)))
      }
    }
  }

  /// The elements of a tensor of whole numbers.
  ///
  /// - Throws: `SafetensorsError` if there is none of that name, its type is another, or a U64 exceeds Int64.
  public func integers(_ name: String) throws -> [Int64] {
    let entry = try entry(name)
    return try withBytes(name) { bytes in
      func read<T: FixedWidthInteger>(_: T.Type) throws -> [Int64] {
        try (0..<entry.count).map { i in
          let stored = T(littleEndian: bytes.loadUnaligned(fromByteOffset: i * MemoryLayout<T>.size, as: T.self))
          guard let value = Int64(exactly: stored) else {
            throw fail(name, .wrongType(found: entry.type, wanted: "whole numbers below 2^63"))
          }
          return value
        }
      }
      switch entry.type {
      case .i64: return try read(Int64.self)
      case .i32: return try read(Int32.self)
      case .i16: return try read(Int16.self)
      case .i8: return try read(Int8.self)
      case .u64: return try read(UInt64.self)
      case .u32: return try read(UInt32.self)
      case .u16: return try read(UInt16.self)
      case .u8, .bool: return try read(UInt8.self)
      default: throw fail(name, .wrongType(found: entry.type, wanted: "whole numbers"))
      }
    }
  }

  /// A matrix `[outputs, inputs]` (or `[inputs, outputs]` when `transposed`) ready to multiply with, in its own type;
  /// F64 is rounded to float32.
  ///
  /// - Throws: `SafetensorsError` if there is none of that name, it has not two axes, or its type is another.
  public func packed(_ name: String, transposed: Bool = false) throws -> PackedMatrix {
    let entry = try entry(name)
    guard entry.shape.count == 2 else {
      throw fail(name, .wrongShape(found: entry.shape, wanted: "a matrix, with two axes"))
    }
    guard entry.type.kernelType != nil else { return PackedMatrix(try tensor(name), transposed: transposed) }
    let (outputs, inputs) = transposed ? (entry.shape[1], entry.shape[0]) : (entry.shape[0], entry.shape[1])
    return try withBytes(name) {
      try PackedMatrix($0, type: entry.type, outputs: outputs, inputs: inputs, transposed: transposed)
    }
  }

  private func fail(_ name: String, _ problem: SafetensorsError.Problem) -> SafetensorsError {
    SafetensorsError(file: path, tensor: name, problem: problem)
  }
}
