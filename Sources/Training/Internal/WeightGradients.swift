import Kernels

/// One matrix's gradient to be computed: `dW [outputs, inputs] = dY^T X`, a chain over rows in increasing order.
struct WeightProduct {
  /// `dY` `[rows, outputs]`
  let outputGradient: FloatBuffer
  let outputs: Int
  /// `X` `[rows, inputs]`
  let input: FloatBuffer
  let inputs: Int
  /// Where the matrix lies in the flat gradients.
  let offset: Int
}

/// One norm weight's gradient to be computed.
struct NormProduct {
  /// `[rows, d_model]`
  let input: FloatBuffer
  /// `[rows]`
  let inverse: FloatBuffer
  /// `[rows, d_model]`
  let outputGradient: FloatBuffer
  /// Where the weight lies in the flat gradients.
  let offset: Int
}

extension TrainableModel {
  /// Outputs that one task computes all inputs of: tasks of like cost, in whole tiles of every path.
  private static func outputGrain(inputs: Int) -> Int {
    max(24, 120 * 160 / max(1, inputs) / 12 * 12)
  }

  /// Computes gradients of matrices and norm weights that read the same rows, in two sweeps over all threads: pack the
  /// inputs, multiply.
  func multiplyForWeights(_ products: [WeightProduct], norms: [NormProduct], rows: Int) {
    guard rows > 0 else {
      for product in products {
        (gradients.base + product.offset).update(repeating: 0, count: product.outputs * product.inputs)
      }
      for norm in norms { (gradients.base + norm.offset).update(repeating: 0, count: shape.width) }
      return
    }
    var packing: [(product: WeightProduct, packed: UnsafeMutablePointer<Float>, panel: Int)] = []
    var multiplying: [(product: WeightProduct, packed: UnsafeMutablePointer<Float>, outputs: Range<Int>)] = []
    var packed = scratch.packed.base
    for product in products {
      let panels = TrainableMatrix.panels(product.inputs)
      packing += (0..<panels).map { (product, packed, $0) }
      let grain = Self.outputGrain(inputs: product.inputs)
      multiplying += stride(from: 0, to: product.outputs, by: grain).map {
        (product, packed, $0..<min(product.outputs, $0 + grain))
      }
      packed += panels * panelWidth * rows
    }
    loop.run(packing.count) { task, _ in
      let (product, packed, panel) = packing[task]
      kernels_pack(
        KERNELS_F32, product.input.base, 1, Int64(product.inputs), Int64(product.inputs), Int64(rows), packed,
        Int64(panel), Int64(panel + 1))
    }
    loop.run(multiplying.count + norms.count) { task, _ in
      if task >= multiplying.count {
        multiply(norms[task - multiplying.count], rows: rows)
      } else {
        let (product, packed, outputs) = multiplying[task]
        multiply(product, packed: packed, outputs: outputs, rows: rows)
      }
    }
  }

  private func multiply(
    _ work: WeightProduct, packed: UnsafeMutablePointer<Float>, outputs: Range<Int>, rows: Int
  ) {
    var product = kernels_product()
    product.rows = Int64(work.outputs)
    product.outputs = Int64(work.inputs)
    product.inputs = Int64(rows)
    product.a = UnsafePointer(work.outputGradient.base)
    product.a_row_stride = 1
    product.a_column_stride = Int64(work.outputs)
    product.packed = UnsafeRawPointer(packed)
    product.type = KERNELS_F32
    product.c = gradients.base + work.offset
    product.c_row_stride = Int64(work.inputs)
    kernels_multiply(
      &product, Int64(outputs.lowerBound), Int64(outputs.upperBound), 0, Int64(TrainableMatrix.panels(work.inputs)))
  }

  private func multiply(_ work: NormProduct, rows: Int) {
    let width = Int64(shape.width)
    kernels_rms_norm_weight_backward(
      work.input.base, width, work.inverse.base, work.outputGradient.base, width, gradients.base + work.offset,
      Int64(rows), 0, width)
  }
}
