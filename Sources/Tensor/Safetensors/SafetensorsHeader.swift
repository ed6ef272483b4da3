/// What a safetensors file says about its tensors, checked: every entry's bytes lie in the data, fit its shape, overlap
/// nothing and leave no hole.
struct SafetensorsHeader: Sendable {
  /// Free text that came with the file.
  var metadata: [String: String] = [:]
  /// In the order of their bytes.
  var entries: [SafetensorsFile.Entry] = []

  /// The format's own limit.
  static let limit = 100_000_000

  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - file: its name for errors.
  init(_ bytes: UnsafeRawBufferPointer, file: String) throws(SafetensorsError) {
    guard bytes.count >= 8 else { throw .init(file: file, tensor: nil, problem: .tooShort(bytes: bytes.count)) }
    let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard length <= UInt64(Self.limit) else {
      throw .init(file: file, tensor: nil, problem: .headerTooLong(bytes: length, limit: Self.limit))
    }
    guard Int(length) <= bytes.count - 8 else {
      throw .init(file: file, tensor: nil, problem: .headerPastEnd(bytes: length, available: bytes.count - 8))
    }
    var scanner = SafetensorsScanner(
      bytes: UnsafeRawBufferPointer(rebasing: bytes[8..<8 + Int(length)]), file: file)
    let parsed = try scanner.header()
    metadata = parsed.metadata
    let available = bytes.count - 8 - Int(length)
    for raw in parsed.entries {
      entries.append(try Self.checked(raw, dataBegin: 8 + Int(length), available: available, file: file))
    }
    entries.sort {
      ($0.bytes.lowerBound, $0.bytes.upperBound, $0.name) < ($1.bytes.lowerBound, $1.bytes.upperBound, $1.name)
    }
    try checkCover(dataBegin: 8 + Int(length), available: available, file: file)
  }

  private static func checked(
    _ raw: SafetensorsScanner.RawEntry, dataBegin: Int, available: Int, file: String
  ) throws(SafetensorsError) -> SafetensorsFile.Entry {
    func fail(_ problem: SafetensorsError.Problem) -> SafetensorsError {
      SafetensorsError(file: file, tensor: raw.name, problem: problem)
    }
    guard let type = ElementType(rawValue: raw.type) else { throw fail(.unknownType(raw.type)) }
    guard raw.begin <= raw.end, raw.end <= available else {
      throw fail(.offsetsOutOfRange(begin: raw.begin, end: raw.end, available: available))
    }
    // An axis of 0 must not hide others whose product overflows: rows are counted without it.
    var product = type.byteCount
    for size in raw.shape where size > 0 {
      let (next, overflow) = product.multipliedReportingOverflow(by: size)
      guard !overflow else { throw fail(.shapeOverflow(shape: raw.shape)) }
      product = next
    }
    let expected = raw.shape.contains(0) ? 0 : product
    guard expected == raw.end - raw.begin else {
      throw fail(.sizeMismatch(shape: raw.shape, type: type, expected: expected, found: raw.end - raw.begin))
    }
    return .init(name: raw.name, type: type, shape: raw.shape, bytes: dataBegin + raw.begin..<dataBegin + raw.end)
  }

  /// The entries, in order, must cover the data exactly.
  private func checkCover(dataBegin: Int, available: Int, file: String) throws(SafetensorsError) {
    var covered = dataBegin
    var previous = ""
    for entry in entries {
      if entry.bytes.lowerBound < covered {
        throw .init(
          file: file, tensor: entry.name,
          problem: .overlap(with: previous, bytes: covered - entry.bytes.lowerBound))
      }
      if entry.bytes.lowerBound > covered {
        throw .init(
          file: file, tensor: nil,
          problem: .hole(begin: covered - dataBegin, end: entry.bytes.lowerBound - dataBegin))
      }
      covered = entry.bytes.upperBound
      previous = entry.name
    }
    guard covered == dataBegin + available else {
      throw .init(file: file, tensor: nil, problem: .hole(begin: covered - dataBegin, end: available))
    }
  }
}
