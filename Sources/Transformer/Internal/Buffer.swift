/// Float32 memory aligned to a cache line, for kernels to work in. Zero at first.
///
/// Unchecked: who shares one between threads writes disjoint parts of it.
final class Buffer: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<Float>
  let count: Int

  init(_ count: Int) {
    let bytes = max(count, 1) * MemoryLayout<Float>.stride
    let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    pointer = raw.bindMemory(to: Float.self, capacity: max(count, 1))
    pointer.initialize(repeating: 0, count: max(count, 1))
    self.count = count
  }

  convenience init(_ values: some Collection<Float>) {
    self.init(values.count)
    for (i, value) in values.enumerated() { pointer[i] = value }
  }

  deinit { UnsafeMutableRawPointer(pointer).deallocate() }

  static func + (buffer: Buffer, offset: Int) -> UnsafeMutablePointer<Float> { buffer.pointer + offset }
}
