import Kernels

/// A matrix `[outputs, inputs]` packed into panels twice: for `y = x W^T` on the way forward, and for `dx = dy W` on the
/// way back. Packed anew after each step, panel by panel on all threads.
final class TrainableMatrix {
  let outputs: Int
  let inputs: Int
  /// Where the matrix lies in the flat weights.
  let offset: Int
  private let forward: FloatBuffer
  private let backward: FloatBuffer

  init(outputs: Int, inputs: Int, offset: Int) {
    self.outputs = outputs
    self.inputs = inputs
    self.offset = offset
    forward = FloatBuffer(count: Self.panels(outputs) * panelWidth * inputs)
    backward = FloatBuffer(count: Self.panels(inputs) * panelWidth * outputs)
  }

  static func panels(_ outputs: Int) -> Int { (outputs + panelWidth - 1) / panelWidth }

  /// How many panels ``pack(panel:from:)`` knows.
  var panels: Int { Self.panels(outputs) + Self.panels(inputs) }

  /// Packs one panel of either kind from the flat weights.
  func pack(panel: Int, from weights: UnsafePointer<Float>) {
    let forwardPanels = Self.panels(outputs)
    if panel < forwardPanels {
      kernels_pack(
        KERNELS_F32, weights + offset, Int64(inputs), 1, Int64(outputs), Int64(inputs), forward.base,
        Int64(panel), Int64(panel + 1))
    } else {
      kernels_pack(
        KERNELS_F32, weights + offset, 1, Int64(inputs), Int64(inputs), Int64(outputs), backward.base,
        Int64(panel - forwardPanels), Int64(panel - forwardPanels + 1))
    }
  }

  /// `y [rows, outputs] = x [rows, inputs] W^T`
  func multiply(_ x: UnsafePointer<Float>, stride: Int, rows: Int, into y: UnsafeMutablePointer<Float>, stride out: Int)
  {
    product(x, stride, rows, outputs, inputs, forward, y, out)
  }

  /// `dx [rows, inputs] = dy [rows, outputs] W`
  func multiplyBack(
    _ dy: UnsafePointer<Float>, stride: Int, rows: Int, into dx: UnsafeMutablePointer<Float>, stride out: Int
  ) {
    product(dy, stride, rows, inputs, outputs, backward, dx, out)
  }

  private func product(
    _ a: UnsafePointer<Float>, _ stride: Int, _ rows: Int, _ outputs: Int, _ inputs: Int, _ packed: FloatBuffer,
    _ c: UnsafeMutablePointer<Float>, _ cStride: Int
  ) {
    var product = kernels_product()
    product.rows = Int64(rows)
    product.outputs = Int64(outputs)
    product.inputs = Int64(inputs)
    product.a = a
    product.a_row_stride = Int64(stride)
    product.a_column_stride = 1
    product.packed = UnsafeRawPointer(packed.base)
    product.type = KERNELS_F32
    product.c = c
    product.c_row_stride = Int64(cStride)
    kernels_multiply(&product, 0, Int64(rows), 0, Int64(Self.panels(outputs)))
  }
}

/// Outputs in one packed panel.
let panelWidth = Int(KERNELS_PANEL)
