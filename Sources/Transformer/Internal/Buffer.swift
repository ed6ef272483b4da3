import Tensor

/// Float32 memory aligned to a cache line, for kernels to work in. Zero at first.
///
/// Unchecked: who shares one between threads writes disjoint parts of it.
final class Buffer: @unchecked Sendable {
  let count: Int
  private let storage: AlignedStorage

  init(_ count: Int) {
    storage = AlignedStorage(byteCount: max(count, 1) * MemoryLayout<Float>.stride)
    self.count = count
    pointer.initialize(repeating: 0, count: max(count, 1))
  }

  var pointer: UnsafeMutablePointer<Float> { storage.floats }

  convenience init(_ values: some Collection<Float>) {
    self.init(values.count)
    for (i, value) in values.enumerated() { pointer[i] = value }
  }

  static func + (buffer: Buffer, offset: Int) -> UnsafeMutablePointer<Float> { buffer.pointer + offset }
}
