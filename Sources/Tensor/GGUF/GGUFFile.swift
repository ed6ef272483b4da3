import Foundation

/// A GGUF file (versions 2 and 3, little-endian), mapped into memory: opening it reads the header only, a tensor is
/// read when it is asked for.
///
///     let file = try GGUFFile(path: "model-Q4_K_M.gguf")
///     let layers = try file.metadata.integer("llama.block_count")
///     let norm = try file.tensor("output_norm.weight")                 // dequantised to float32
///     let head = try file.packed("output.weight")                      // ready to multiply
///
/// The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
public struct GGUFFile: Sendable {
  /// Where the file lies.
  public let path: String
  /// The version of the format, 2 or 3.
  public let version: Int
  /// What the file says of the model.
  public let metadata: GGUFMetadata
  /// What the file holds, in the order of the header.
  public let entries: [Entry]

  private let file: MappedFile
  private let index: [String: Int]

  /// A stored tensor.
  public struct Entry: Sendable, Equatable {
    /// Its name, unique in the file.
    public let name: String
    /// The type of its elements.
    public let type: GGUFType
    /// Its sizes, outermost first (the file has them innermost first): a matrix is `[outputs, inputs]`.
    public let shape: [Int]
    /// Where its bytes lie in the file.
    public let bytes: Range<Int>

    /// How many elements it has.
    public var count: Int { shape.reduce(1, *) }
  }

  /// Opens a file and checks its header.
  ///
  /// - Throws: `FileError` if the file cannot be opened; `GGUFError` if its header is malformed or a tensor's elements
  ///   are of a type that is not read.
  public init(path: String) throws {
    file = try MappedFile(path: path)
    let header = try GGUFHeader(file.bytes, file: path)
    self.path = path
    version = Int(header.version)
    metadata = header.metadata
    entries = header.entries
    index = Dictionary(uniqueKeysWithValues: header.entries.enumerated().map { ($1.name, $0) })
  }

  /// Whether a path names a GGUF file, by its first bytes.
  public static func isOne(_ url: URL) -> Bool {
    guard let handle = try? FileHandle(forReadingFrom: url) else { return false }
    defer { try? handle.close() }
    return (try? handle.read(upToCount: 4)) == Data("GGUF".utf8)
  }

  /// Whether there is a tensor of that name.
  public func contains(_ name: String) -> Bool { index[name] != nil }

  /// The tensor's type, shape and place.
  ///
  /// - Throws: `GGUFError` if there is none of that name, with the nearest name.
  public func entry(_ name: String) throws(GGUFError) -> Entry {
    guard let place = index[name] else {
      throw fail(name, .missing(nearest: NearestName.of(name, among: entries.lazy.map(\.name))))
    }
    return entries[place]
  }

  /// Takes the file's bytes into a digest.
  public func hash(into hasher: inout Digest.Hasher) { file.hash(into: &hasher) }

  /// Calls `body` with a tensor's bytes as they are stored, little-endian, at any alignment.
  ///
  /// - Throws: `GGUFError` if there is none of that name, and what `body` throws.
  public func withBytes<R>(_ name: String, _ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
    let entry = try entry(name)
    defer { file.release(entry.bytes) }
    return try body(UnsafeRawBufferPointer(rebasing: file.bytes[entry.bytes]))
  }

  /// A tensor of any type in float32: F16 and BF16 widened (exactly), blocks dequantised with ggml's arithmetic,
  /// operation for operation, so that the bits are those of its reference.
  ///
  /// - Throws: `GGUFError` if there is none of that name.
  public func tensor(_ name: String) throws -> Tensor {
    let entry = try entry(name)
    return try withBytes(name) { bytes in
      Tensor(entry.shape) { entry.type.widen(bytes, into: $0) }
    }
  }

  /// Calls `body` with a way to read a matrix of any type row by row, in float32 as ``tensor(_:)`` gives it.
  ///
  /// No more of the matrix is in memory than what is read of it, and nothing is afterwards.
  ///
  /// - Throws: `GGUFError` if there is none of that name or it has not two axes; what `body` throws.
  public func withRows<R>(of name: String, _ body: (_ row: @escaping (Int) -> [Float]) throws -> R) throws -> R {
    let entry = try entry(name)
    guard entry.shape.count == 2 else {
      throw fail(name, .wrongShape(found: entry.shape, wanted: "a matrix, with two axes"))
    }
    let width = entry.shape[1]
    // A row is whole blocks.
    let size = width / entry.type.elementsPerBlock * entry.type.bytesPerBlock
    return try withBytes(name) { bytes in
      try body { row in
        [Float](unsafeUninitializedCapacity: width) { numbers, count in
          let stored = UnsafeRawBufferPointer(rebasing: bytes[row * size..<(row + 1) * size])
          if let target = numbers.baseAddress { entry.type.widen(stored, into: target) }
          count = width
        }
      }
    }
  }

  /// A matrix `[outputs, inputs]` (or `[inputs, outputs]` when `transposed`) ready to multiply with: F32, F16 and BF16
  /// in their own type, blocks dequantised to float32.
  ///
  /// - Throws: `GGUFError` if there is none of that name or it has not two axes.
  public func packed(_ name: String, transposed: Bool = false) throws -> PackedMatrix {
    let entry = try entry(name)
    guard entry.shape.count == 2 else {
      throw fail(name, .wrongShape(found: entry.shape, wanted: "a matrix, with two axes"))
    }
    guard let type = entry.type.elementType else { return PackedMatrix(try tensor(name), transposed: transposed) }
    let (outputs, inputs) = transposed ? (entry.shape[1], entry.shape[0]) : (entry.shape[0], entry.shape[1])
    return try withBytes(name) {
      try PackedMatrix($0, type: type, outputs: outputs, inputs: inputs, transposed: transposed)
    }
  }

  private func fail(_ name: String, _ problem: GGUFError.Problem) -> GGUFError {
    GGUFError(file: path, place: .tensor(name), problem: problem)
  }
}
