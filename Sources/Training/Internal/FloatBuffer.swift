/// Zeroed float32 memory, aligned for the kernels, that lives as long as the object.
package final class FloatBuffer {
  /// The first number.
  package let base: UnsafeMutablePointer<Float>
  /// How many numbers there are room for.
  package let count: Int

  package init(count: Int) {
    self.count = count
    let bytes = max(1, count) * MemoryLayout<Float>.stride
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    base = memory.bindMemory(to: Float.self, capacity: max(1, count))
  }

  deinit { UnsafeMutableRawPointer(base).deallocate() }

  /// The numbers, as a view that must not outlive the buffer.
  package var all: UnsafeMutableBufferPointer<Float> { UnsafeMutableBufferPointer(start: base, count: count) }
}
