import Kernels

/// Conversions between float32 and the 16-bit types. Widening is exact; narrowing rounds to nearest, ties to even.
public enum HalfPrecision {
  /// The bits of the bfloat16 nearest to `x`.
  public static func bfloat16(_ x: Float) -> UInt16 { narrowed([x], KERNELS_BF16)[0] }

  /// The bits of the float16 nearest to `x`; beyond 65,504 infinity.
  public static func float16(_ x: Float) -> UInt16 { narrowed([x], KERNELS_F16)[0] }

  /// The bits of the bfloat16 nearest to each element.
  public static func bfloat16(_ x: [Float]) -> [UInt16] { narrowed(x, KERNELS_BF16) }

  /// The bits of the float16 nearest to each element.
  public static func float16(_ x: [Float]) -> [UInt16] { narrowed(x, KERNELS_F16) }

  /// The number that bfloat16 bits stand for.
  public static func float(bfloat16 bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }

  /// The number that float16 bits stand for.
  public static func float(float16 bits: UInt16) -> Float { widened([bits], KERNELS_F16)[0] }

  /// The numbers that bfloat16 bits stand for.
  public static func floats(bfloat16 bits: [UInt16]) -> [Float] { widened(bits, KERNELS_BF16) }

  /// The numbers that float16 bits stand for.
  public static func floats(float16 bits: [UInt16]) -> [Float] { widened(bits, KERNELS_F16) }

  private static func narrowed(_ x: [Float], _ type: kernels_type) -> [UInt16] {
    [UInt16](unsafeUninitializedCapacity: x.count) { buffer, count in
      kernels_narrow(type, x, buffer.baseAddress, Int64(x.count))
      count = x.count
    }
  }

  private static func widened(_ bits: [UInt16], _ type: kernels_type) -> [Float] {
    [Float](unsafeUninitializedCapacity: bits.count) { buffer, count in
      kernels_widen(type, bits, buffer.baseAddress, Int64(bits.count))
      count = bits.count
    }
  }
}
