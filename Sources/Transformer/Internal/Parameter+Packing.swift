import Tensor

extension Parameter {
  /// Packs the parameter's part of a stored tensor, in the tensor's own type.
  ///
  /// - Throws: `PackingError` if the type is none of float32, bfloat16 and float16.
  func pack(_ stored: UnsafeRawBufferPointer, type: ElementType) throws -> PackedMatrix {
    func pack<Element: BitwiseCopyable>(_: Element.Type) throws -> PackedMatrix {
      let size = MemoryLayout<Element>.size
      let elements = (0..<stored.count / size).lazy.map {
        stored.loadUnaligned(fromByteOffset: $0 * size, as: Element.self)
      }
      return try pick(from: elements).withUnsafeBytes {
        try PackedMatrix($0, type: type, outputs: shape[0], inputs: shape[1])
      }
    }
    return type == .f32 ? try pack(UInt32.self) : try pack(UInt16.self)
  }
}
