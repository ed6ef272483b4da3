import Kernels

/// The type of a GGUF tensor's elements: the plain floating-point types, and those that pack a block of elements into a
/// few bits each. A raw value is the format's own code.
///
/// The names are ggml's without the underscore before a digit: `q40` is its `Q4_0`.
public enum GGUFType: UInt32, CaseIterable, Sendable {
  case f32 = 0
  case f16 = 1
  case bf16 = 30
  case q40 = 2
  case q41 = 3
  case q50 = 6
  case q51 = 7
  case q80 = 8
  case q4K = 12
  case q5K = 13
  case q6K = 14

  /// ggml's name for it.
  public var name: String {
    switch self {
    case .f32: "F32"
    case .f16: "F16"
    case .bf16: "BF16"
    case .q40: "Q4_0"
    case .q41: "Q4_1"
    case .q50: "Q5_0"
    case .q51: "Q5_1"
    case .q80: "Q8_0"
    case .q4K: "Q4_K"
    case .q5K: "Q5_K"
    case .q6K: "Q6_K"
    }
  }

  /// The same type in other files; `nil` for those that pack blocks.
  public var elementType: ElementType? {
    switch self {
    case .f32: .f32
    case .f16: .f16
    case .bf16: .bf16
    default: nil
    }
  }

  /// Elements of one block, which lie side by side in a row; 1 for the plain types.
  public var elementsPerBlock: Int { block?.elementCount ?? 1 }

  /// Bytes of one block.
  public var bytesPerBlock: Int { block?.byteCount ?? elementType?.byteCount ?? 0 }

  private var block: (any GGUFBlock.Type)? {
    switch self {
    case .f32, .f16, .bf16: nil
    case .q40: Q4_0.self
    case .q41: Q4_1.self
    case .q50: Q5_0.self
    case .q51: Q5_1.self
    case .q80: Q8_0.self
    case .q4K: Q4_K.self
    case .q5K: Q5_K.self
    case .q6K: Q6_K.self
    }
  }

  /// Writes the elements of whole blocks as float32.
  ///
  /// - Parameters:
  ///   - bytes: the blocks, one after the other, at any alignment.
  ///   - elements: room for `elementsPerBlock` numbers a block.
  func widen(_ bytes: UnsafeRawBufferPointer, into elements: UnsafeMutablePointer<Float>) {
    if let block {
      block.decodeAll(bytes, into: elements)
    } else if let type = elementType?.kernelType, let source = bytes.baseAddress {
      kernels_widen(type, source, elements, Int64(bytes.count / bytesPerBlock))
    }
  }

  /// The index of the first element of a tensor that is not finite; `nil` if all are.
  ///
  /// Of types that pack blocks only the scales are read: a block's elements are all finite or none is.
  ///
  /// - Parameter bytes: whole blocks, one after the other, at any alignment.
  public func firstNotFinite(in bytes: UnsafeRawBufferPointer) -> Int? {
    if let block { return block.firstNotFinite(in: bytes) }
    return elementType.flatMap { FiniteCheck.firstFailure(in: bytes, type: $0) }
  }

  /// ggml's name for the type of a code, whether it is read here or not; `nil` if the format gave none.
  static func name(code: UInt32) -> String? { GGUFType(rawValue: code)?.name ?? unread[code] }

  private static let unread: [UInt32: String] = [
    4: "Q4_2", 5: "Q4_3", 9: "Q8_1", 10: "Q2_K", 11: "Q3_K", 15: "Q8_K", 16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS",
    19: "IQ1_S", 20: "IQ4_NL", 21: "IQ3_S", 22: "IQ2_S", 23: "IQ4_XS", 24: "I8", 25: "I16", 26: "I32", 27: "I64",
    28: "F64", 29: "IQ1_M", 34: "TQ1_0", 35: "TQ2_0", 39: "MXFP4", 40: "NVFP4", 41: "Q1_0",
  ]
}
