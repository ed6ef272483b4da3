/// What a GGUF file says of itself, checked: names are unique, and every tensor's bytes lie in the data, fit its shape
/// and overlap nothing.
struct GGUFHeader: Sendable {
  /// The version of the format.
  let version: UInt32
  /// Named values.
  let metadata: GGUFMetadata
  /// In the order of the header.
  let entries: [GGUFFile.Entry]

  /// The format's own limit.
  static let axisLimit = 4

  /// A tensor as it is written, but for the order of its sizes: outermost first.
  private struct RawEntry {
    var name: String
    var type: GGUFType
    var shape: [Int]
    var offset: UInt64
  }

  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - file: its name for errors.
  init(_ bytes: UnsafeRawBufferPointer, file: String) throws(GGUFError) {
    var reader = GGUFReader(bytes: bytes, file: file)
    version = try Self.version(&reader)
    let tensors: UInt64 = try reader.integer("the number of tensors")
    let values: UInt64 = try reader.integer("the number of values")
    // The numbers may lie: memory is taken value by value, tensor by tensor, as the file proves to hold them.
    metadata = try Self.metadata(&reader, count: values)
    let raw = try Self.rawEntries(&reader, count: tensors)
    let alignment = try Self.alignment(metadata, file: file)
    let dataBegin = (reader.at + alignment - 1) / alignment * alignment
    entries = try Self.entries(raw, dataBegin: dataBegin, alignment: alignment, end: bytes.count, file: file)
  }

  private static func version(_ reader: inout GGUFReader) throws(GGUFError) -> UInt32 {
    let magic = Array("GGUF".utf8)
    guard reader.bytes.starts(with: magic) else { throw reader.fail(.notGGUF(found: Array(reader.bytes.prefix(4)))) }
    _ = try reader.take(4, "the format's name")
    let version: UInt32 = try reader.integer("the version")
    guard version == 2 || version == 3 else {
      let swapped = version.byteSwapped
      throw reader.fail((1...3).contains(swapped) ? .bigEndian(version: swapped) : .unreadVersion(version))
    }
    return version
  }

  private static func metadata(_ reader: inout GGUFReader, count: UInt64) throws(GGUFError) -> GGUFMetadata {
    var keys: [String] = []
    var values: [String: GGUFValue] = [:]
    for _ in 0..<count {
      reader.place = .header
      let key = try reader.string("a value's name")
      reader.place = .key(key)
      let value = try reader.value()
      guard values.updateValue(value, forKey: key) == nil else { throw reader.fail(.duplicateName) }
      keys.append(key)
    }
    return GGUFMetadata(keys: keys, values: values, file: reader.file)
  }

  /// Where tensors may begin: multiples of this many bytes, a power of two.
  private static func alignment(_ metadata: GGUFMetadata, file: String) throws(GGUFError) -> Int {
    let key = "general.alignment"
    guard let alignment = try metadata.integer(ifPresent: key) else { return 32 }
    guard alignment > 0, alignment <= Int(UInt32.max), alignment & (alignment - 1) == 0 else {
      throw GGUFError(file: file, place: .key(key), problem: .wrongAlignment(alignment))
    }
    return alignment
  }

  // MARK: Tensors

  private static func rawEntries(_ reader: inout GGUFReader, count: UInt64) throws(GGUFError) -> [RawEntry] {
    var entries: [RawEntry] = []
    var names: Set<String> = []
    for _ in 0..<count {
      reader.place = .header
      let name = try reader.string("a tensor's name")
      reader.place = .tensor(name)
      guard names.insert(name).inserted else { throw reader.fail(.duplicateName) }
      let sizes = try sizes(&reader)
      let code: UInt32 = try reader.integer("the element type")
      guard let type = GGUFType(rawValue: code) else { throw reader.fail(.unreadType(code: code)) }
      let shape = try shape(sizes, type, reader)
      entries.append(.init(name: name, type: type, shape: shape, offset: try reader.integer("the offset")))
    }
    return entries
  }

  /// Sizes, outermost first; the file has them innermost first.
  private static func sizes(_ reader: inout GGUFReader) throws(GGUFError) -> [UInt64] {
    let axes: UInt32 = try reader.integer("the number of axes")
    guard axes <= axisLimit else { throw reader.fail(.manyAxes(count: axes, limit: axisLimit)) }
    var sizes: [UInt64] = []
    for _ in 0..<axes { sizes.append(try reader.integer("a size")) }
    return sizes.reversed()
  }

  /// The sizes, when neither their product nor the bytes of as many float32 numbers overflow.
  private static func shape(_ sizes: [UInt64], _ type: GGUFType, _ reader: GGUFReader) throws(GGUFError) -> [Int] {
    guard !sizes.contains(0) else { throw reader.fail(.emptyAxis(shape: sizes)) }
    var bytes = MemoryLayout<Float>.size
    for size in sizes {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: Int(clamping: size))
      guard !overflow else { throw reader.fail(.shapeOverflow(shape: sizes)) }
      bytes = product
    }
    let shape = sizes.map { Int($0) }
    let width = shape.last ?? 1
    guard width % type.elementsPerBlock == 0 else { throw reader.fail(.brokenBlock(type: type, width: width)) }
    return shape
  }

  private static func entries(
    _ raw: [RawEntry], dataBegin: Int, alignment: Int, end: Int, file: String
  ) throws(GGUFError) -> [GGUFFile.Entry] {
    var entries: [GGUFFile.Entry] = []
    for tensor in raw {
      func fail(_ problem: GGUFError.Problem) -> GGUFError {
        GGUFError(file: file, place: .tensor(tensor.name), problem: problem)
      }
      let count = tensor.shape.reduce(1, *) / tensor.type.elementsPerBlock * tensor.type.bytesPerBlock
      guard tensor.offset % UInt64(alignment) == 0 else {
        throw fail(.misaligned(offset: tensor.offset, alignment: alignment))
      }
      let available = max(0, end - dataBegin)
      guard count <= available, tensor.offset <= UInt64(available - count) else {
        throw fail(.pastEnd(offset: tensor.offset, bytes: count, available: available))
      }
      let begin = dataBegin + Int(tensor.offset)
      entries.append(.init(name: tensor.name, type: tensor.type, shape: tensor.shape, bytes: begin..<begin + count))
    }
    try checkOverlap(entries, file: file)
    return entries
  }

  /// No byte belongs to two tensors. Bytes that belong to none are padding.
  private static func checkOverlap(_ entries: [GGUFFile.Entry], file: String) throws(GGUFError) {
    let sorted = entries.sorted { ($0.bytes.lowerBound, $0.name) < ($1.bytes.lowerBound, $1.name) }
    for (previous, next) in zip(sorted, sorted.dropFirst()) where next.bytes.lowerBound < previous.bytes.upperBound {
      let shared = min(previous.bytes.upperBound, next.bytes.upperBound) - next.bytes.lowerBound
      throw GGUFError(file: file, place: .tensor(next.name), problem: .overlap(with: previous.name, bytes: shared))
    }
  }
}
