import Tensor

extension FuzzTarget {
  /// A file that is read holds each tensor inside of itself, and can be written anew with the same tensors.
  static func checkSafetensors(_ bytes: UnsafeRawBufferPointer) throws {
    let scratch = try ScratchFile(bytes)
    let file: SafetensorsFile
    do {
      file = try SafetensorsFile(path: scratch.path)
    } catch let error as SafetensorsError {
      return try Violation.unless(error, names: scratch.path)
    }
    var end: Int?
    for entry in file.entries {
      try Violation.unless(entry.bytes.upperBound <= bytes.count, "“\(entry.name)” ends behind the file")
      try Violation.unless(entry.bytes.lowerBound >= end ?? 8, "“\(entry.name)” shares bytes with another tensor")
      end = entry.bytes.upperBound
      try Violation.unless(
        entry.shape.reduce(1, *) == entry.count && entry.count * entry.type.byteCount == entry.bytes.count,
        "“\(entry.name)” has \(entry.bytes.count) bytes for the shape \(entry.shape)")
      try Violation.unless(try file.entry(entry.name) == entry, "“\(entry.name)” is not found by its name")
    }
    try Violation.unless(end ?? bytes.count == bytes.count, "bytes behind the last tensor")
    try checkWritten(file)
  }

  /// Writes what was read, and reads it again.
  private static func checkWritten(_ file: SafetensorsFile) throws {
    var values: [(name: String, value: SafetensorsValue)] = []
    for entry in file.entries {
      do {
        values.append((entry.name, try value(of: entry, in: file)))
        if entry.shape.count == 2, entry.type.kernelIsKnown {
          for transposed in [false, true] { try checkPacked(entry, in: file, transposed: transposed) }
        }
      } catch let error as SafetensorsError {
        // Unsigned numbers beyond Int64, and types without a reader.
        try Violation.unless(error, names: "\(file.path): tensor “\(entry.name)”")
      }
    }
    let copy = ScratchFile()
    try SafetensorsFile.write(values, metadata: file.metadata, to: copy.path)
    let again = try SafetensorsFile(path: copy.path)
    try Violation.unless(again.metadata == file.metadata, "metadata changed")
    try Violation.unless(again.entries.count == values.count, "tensors were lost")
    for (name, _) in values { try checkSame(name, file, again) }
  }

  private static func value(of entry: SafetensorsFile.Entry, in file: SafetensorsFile) throws -> SafetensorsValue {
    switch entry.type {
    case .f64: .f64(try file.doubles(entry.name), shape: entry.shape)
    case .f32: .f32(try file.tensor(entry.name))
    case .bf16: .bf16(try file.tensor(entry.name))
    case .f16: .f16(try file.tensor(entry.name))
    default: .i64(try file.integers(entry.name), shape: entry.shape)
    }
  }

  private static func checkSame(_ name: String, _ first: SafetensorsFile, _ second: SafetensorsFile) throws {
    let (entry, other) = (try first.entry(name), try second.entry(name))
    try Violation.unless(entry.shape == other.shape, "“\(name)” had the shape \(entry.shape), has \(other.shape)")
    if [.f64, .f32, .bf16, .f16].contains(entry.type) {
      try Violation.unless(entry.type == other.type, "“\(name)” had the type \(entry.type), has \(other.type)")
      let (before, after) = (try first.doubles(name), try second.doubles(name))
      let difference = zip(before, after).enumerated().first {
        $1.0.bitPattern != $1.1.bitPattern && !($1.0.isNaN && $1.1.isNaN)
      }
      try Violation.unless(difference == nil, "“\(name)” changed at \(String(describing: difference))")
    } else {
      try Violation.unless(try first.integers(name) == second.integers(name), "“\(name)” changed")
    }
  }

  private static func checkPacked(
    _ entry: SafetensorsFile.Entry, in file: SafetensorsFile, transposed: Bool
  ) throws {
    let packed = try file.packed(entry.name, transposed: transposed)
    guard packed.outputs > 0, packed.inputs > 0 else { return }
    let last = packed.row(packed.outputs - 1).values[packed.inputs - 1]
    let stored = try file.tensor(entry.name).values[entry.count - 1]
    try Violation.unless(
      last.bitPattern == stored.bitPattern || last.isNaN && stored.isNaN, "“\(entry.name)” is packed wrongly")
  }
}

extension ElementType {
  /// Whether matrices of it can be multiplied with.
  fileprivate var kernelIsKnown: Bool { [.f64, .f32, .bf16, .f16].contains(self) }
}
