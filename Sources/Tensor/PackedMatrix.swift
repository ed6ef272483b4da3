import Kernels

/// Weights `[outputs, inputs]` laid out for the matrix product, in the type that the checkpoint keeps them in.
///
/// Each element of a product is one chain of fused multiply-adds over the inputs in increasing order; so a row's result
/// depends neither on the other rows nor on threads or instruction sets.
///
///     let projection = try file.packed("model.layers.0.mlp.up_proj.weight")
///     let up = projection.multiply(x)      // [tokens, inputs] -> [tokens, outputs]
public struct PackedMatrix: Sendable {
  /// float32, bfloat16 or float16.
  public let type: ElementType
  /// Rows of the weights; the width of a product.
  public let outputs: Int
  /// Columns of the weights; the width of what they are multiplied with.
  public let inputs: Int

  private let kernelType: kernels_type
  private var storage: AlignedStorage

  /// Packs raw weights.
  ///
  /// - Parameters:
  ///   - bytes: `outputs * inputs` elements, row-major, at any alignment: `[outputs, inputs]`, or `[inputs, outputs]`
  ///     when `transposed`.
  ///   - type: what the bytes hold.
  ///   - outputs: the width of a product.
  ///   - inputs: the width of what is multiplied.
  ///   - transposed: whether the bytes are `[inputs, outputs]`.
  /// - Throws: `PackingError` if the type is none of float32, bfloat16 and float16, or the bytes do not fit the sizes.
  public init(
    _ bytes: UnsafeRawBufferPointer, type: ElementType, outputs: Int, inputs: Int, transposed: Bool = false
  ) throws(PackingError) {
    guard let kernelType = type.kernelType else { throw .unsupportedType(type) }
    let expected = outputs * inputs * type.byteCount
    guard bytes.count == expected else { throw .wrongSize(expected: expected, found: bytes.count) }
    self.init(kernelType: kernelType, type: type, outputs: outputs, inputs: inputs)
    if let source = bytes.baseAddress { pack(source, transposed: transposed) }
  }

  /// Packs float32 weights `[outputs, inputs]`, or `[inputs, outputs]` when `transposed`.
  public init(_ weights: Tensor, transposed: Bool = false) {
    precondition(weights.shape.count == 2, "weights have two axes, not the shape \(weights.shape)")
    let (first, second) = (weights.shape[0], weights.shape[1])
    self.init(
      kernelType: KERNELS_F32, type: .f32, outputs: transposed ? second : first, inputs: transposed ? first : second)
    weights.withUnsafePointer { pack($0, transposed: transposed) }
  }

  private init(kernelType: kernels_type, type: ElementType, outputs: Int, inputs: Int) {
    self.kernelType = kernelType
    self.type = type
    self.outputs = outputs
    self.inputs = inputs
    storage = AlignedStorage(byteCount: kernels_packed_bytes(kernelType, Int64(outputs), Int64(inputs)))
  }

  /// Packs other weights of the same sizes and type into the same memory (a training step's new values).
  ///
  /// - Parameters:
  ///   - source: `outputs * inputs` elements of `type`.
  ///   - transposed: whether they are `[inputs, outputs]`.
  public mutating func repack(_ source: UnsafeRawPointer, transposed: Bool = false) {
    if !isKnownUniquelyReferenced(&storage) {
      self = PackedMatrix(kernelType: kernelType, type: type, outputs: outputs, inputs: inputs)
    }
    pack(source, transposed: transposed)
  }

  private func pack(_ source: UnsafeRawPointer, transposed: Bool) {
    // Without elements either size may be as large as a file cares to say.
    guard outputs > 0, inputs > 0 else { return }
    let (outputStride, inputStride) = transposed ? (1, outputs) : (inputs, 1)
    Threads.split(panels, grain: max(1, 65_536 / max(1, inputs * 32))) { range in
      kernels_pack(
        kernelType, source, Int64(outputStride), Int64(inputStride), Int64(outputs), Int64(inputs),
        storage.address, Int64(range.lowerBound), Int64(range.upperBound))
    }
  }

  /// Bytes that the weights take.
  public var byteCount: Int { storage.bytes.count }

  private var panels: Int { Int(kernels_panels(Int64(outputs))) }

  /// One output's weights `[inputs]`, widened: an embedding's row, when the matrix is both head and embedding.
  public func row(_ output: Int) -> Tensor {
    Tensor([inputs]) { copyRow(output, into: $0) }
  }

  /// Writes one output's weights `[inputs]`, widened.
  public func copyRow(_ output: Int, into row: UnsafeMutablePointer<Float>) {
    precondition(output >= 0 && output < outputs, "row \(output) of a matrix with \(outputs)")
    kernels_unpack_row(kernelType, storage.address, Int64(inputs), Int64(output), row)
  }

  /// The matrix `[inputs, outputs]`, widened to float32: for gradients, which go the other way.
  public func transposed() -> PackedMatrix {
    let rows = Tensor([outputs, inputs]) { rows in
      Threads.split(outputs, grain: max(1, 65_536 / max(1, inputs))) { range in
        for output in range { copyRow(output, into: rows + output * inputs) }
      }
    }
    return PackedMatrix(rows, transposed: true)
  }

  /// A matrix of some outputs, in this order: its products have the bits that those outputs have in the whole.
  public func selecting(_ outputs: [Int]) -> PackedMatrix {
    PackedMatrix(
      Tensor([outputs.count, inputs]) { rows in
        for (i, output) in outputs.enumerated() { copyRow(output, into: rows + i * inputs) }
      })
  }

  /// `x . weights^T + bias`: `[..., inputs]` to `[..., outputs]`.
  public func multiply(_ x: Tensor, bias: Tensor? = nil) -> Tensor {
    precondition(x.width == inputs, "rows of \(x.width) numbers do not fit a matrix with \(inputs) inputs")
    return Tensor(x.shape.dropLast() + [outputs]) { pointer in
      x.withUnsafePointer { multiply($0, rows: x.rowCount, bias: bias, into: pointer) }
    }
  }

  /// The same on memory that the caller vouches for.
  ///
  /// - Parameters:
  ///   - a: element (r, k) is `a[r * rowStride + k * columnStride]`.
  ///   - rows: how many rows.
  ///   - rowStride: `inputs` when not given.
  ///   - columnStride: 1 unless `a` is read transposed.
  ///   - bias: `[outputs]`, added after each chain.
  ///   - accumulate: whether chains start from what `c` holds instead of from zero.
  ///   - c: `[rows, outputs]`, overlapping nothing else.
  ///   - resultStride: elements from one row of `c` to the next; `outputs` when not given.
  public func multiply(
    _ a: UnsafePointer<Float>, rows: Int, rowStride: Int? = nil, columnStride: Int = 1, bias: Tensor? = nil,
    accumulate: Bool = false, into c: UnsafeMutablePointer<Float>, resultStride: Int? = nil
  ) {
    precondition(bias.map { $0.count == outputs } ?? true, "the bias must have \(outputs) elements")
    guard let bias else {
      return multiply(
        a, rows: rows, rowStride: rowStride, columnStride: columnStride, biasPointer: nil, accumulate: accumulate,
        into: c, resultStride: resultStride)
    }
    bias.withUnsafePointer {
      multiply(
        a, rows: rows, rowStride: rowStride, columnStride: columnStride, biasPointer: $0, accumulate: accumulate,
        into: c, resultStride: resultStride)
    }
  }

  private func multiply(
    _ a: UnsafePointer<Float>, rows: Int, rowStride: Int?, columnStride: Int, biasPointer: UnsafePointer<Float>?,
    accumulate: Bool, into c: UnsafeMutablePointer<Float>, resultStride: Int?
  ) {
    guard rows > 0, outputs > 0 else { return }
    var product = kernels_product()
    product.rows = Int64(rows)
    product.outputs = Int64(outputs)
    product.inputs = Int64(inputs)
    product.a = a
    product.a_row_stride = Int64(rowStride ?? inputs)
    product.a_column_stride = Int64(columnStride)
    product.packed = UnsafeRawPointer(storage.address)
    product.type = kernelType
    product.accumulate = accumulate
    product.bias = biasPointer
    product.c = c
    product.c_row_stride = Int64(resultStride ?? outputs)
    // Many rows are split among threads, few rows share out the weights. Below about 100,000 multiplications a second
    // thread costs more than it saves.
    let work = max(1, inputs)
    if rows >= 96 * Threads.count {
      let grain = max(96, 100_000 / (work * outputs))
      Threads.split(rows, grain: grain, pieces: min(4, max(1, rows / (120 * Threads.count)))) { range in
        kernels_multiply(&product, Int64(range.lowerBound), Int64(range.upperBound), 0, Int64(panels))
      }
    } else {
      let grain = max(1, 100_000 / (work * rows * 32))
      Threads.split(panels, grain: grain, pieces: min(8, max(1, panels / (64 * Threads.count)))) { range in
        kernels_multiply(&product, 0, Int64(rows), Int64(range.lowerBound), Int64(range.upperBound))
      }
    }
    withExtendedLifetime(storage) {}
  }
}

/// Weights that cannot be packed.
public enum PackingError: Error, Equatable, CustomStringConvertible {
  /// The product knows float32, bfloat16 and float16 only.
  case unsupportedType(ElementType)
  /// The bytes are not `outputs * inputs` elements.
  case wrongSize(expected: Int, found: Int)

  /// What is wrong, and what to do.
  public var description: String {
    switch self {
    case .unsupportedType(let type):
      "weights of type \(type.rawValue) cannot be multiplied; convert them to F32, BF16 or F16"
    case .wrongSize(let expected, let found):
      "expected \(expected) bytes of weights, found \(found); check the shape"
    }
  }
}
