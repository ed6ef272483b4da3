import Kernels
import Tensor
import Testing

@Suite("Matrix product")
struct ProductTests {
  /// One product with everything that can vary.
  struct Case {
    var rows: Int, outputs: Int, inputs: Int
    var type: ElementType
    var a: [Float], weights: [Float], bias: [Float]?, start: [Float]?
    var transposedA = false, transposedWeights = false

    init(_ numbers: inout Numbers, rows: Int, outputs: Int, inputs: Int, type: ElementType) {
      (self.rows, self.outputs, self.inputs, self.type) = (rows, outputs, inputs, type)
      a = numbers.floats(rows * inputs)
      weights = numbers.floats(outputs * inputs)
      switch type {
      case .bf16: weights = HalfPrecision.floats(bfloat16: HalfPrecision.bfloat16(weights))
      case .f16: weights = HalfPrecision.floats(float16: HalfPrecision.float16(weights))
      default: break
      }
      if numbers.int(0...1) == 0 { bias = numbers.floats(outputs) }
      if numbers.int(0...1) == 0 { start = numbers.floats(rows * outputs) }
      transposedA = numbers.int(0...1) == 0
      transposedWeights = numbers.int(0...1) == 0
    }

    func packed() throws -> PackedMatrix {
      var source = weights
      if transposedWeights {
        for o in 0..<outputs { for k in 0..<inputs { source[k * outputs + o] = weights[o * inputs + k] } }
      }
      func pack(_ bytes: UnsafeRawBufferPointer) throws -> PackedMatrix {
        try PackedMatrix(bytes, type: type, outputs: outputs, inputs: inputs, transposed: transposedWeights)
      }
      switch type {
      case .bf16: return try HalfPrecision.bfloat16(source).withUnsafeBytes(pack)
      case .f16: return try HalfPrecision.float16(source).withUnsafeBytes(pack)
      default: return try source.withUnsafeBytes(pack)
      }
    }

    func product(_ matrix: PackedMatrix) -> [Float] {
      var left = a
      if transposedA {
        for r in 0..<rows { for k in 0..<inputs { left[k * rows + r] = a[r * inputs + k] } }
      }
      var c = start ?? [Float](repeating: .nan, count: rows * outputs)
      c.withUnsafeMutableBufferPointer { c in
        left.withUnsafeBufferPointer { left in
          guard let c = c.baseAddress, let left = left.baseAddress else { return }
          matrix.multiply(
            left, rows: rows, rowStride: transposedA ? 1 : inputs, columnStride: transposedA ? rows : 1,
            bias: bias.map { Tensor([outputs], $0) }, accumulate: start != nil, into: c)
        }
      }
      return c
    }

    /// The contract's words: one chain of fused multiply-adds over k, then the bias.
    func chain(_ r: Int, _ o: Int) -> Float {
      var sum = start?[r * outputs + o] ?? 0
      for k in 0..<inputs { sum.addProduct(a[r * inputs + k], weights[o * inputs + k]) }
      return bias.map { sum + $0[o] } ?? sum
    }

    /// The exact element (to double precision), and how far the chain may be from it: one rounding per term.
    func exact(_ r: Int, _ o: Int) -> (value: Double, bound: Double) {
      var value = Double(start?[r * outputs + o] ?? 0) + Double(bias?[o] ?? 0)
      var size = abs(Double(start?[r * outputs + o] ?? 0)) + abs(Double(bias?[o] ?? 0))
      for k in 0..<inputs {
        let term = Double(a[r * inputs + k]) * Double(weights[o * inputs + k])
        value += term
        size += abs(term)
      }
      return (value, Double(inputs + 1) * roundoff * size * 1.01)
    }
  }

  static let types: [ElementType] = [.f32, .bf16, .f16]

  @Test("On every path, each element is the chain over k, bit by bit.", arguments: types)
  func chains(_ type: ElementType) throws {
    var numbers = Numbers("chains \(type)")
    for round in 0..<40 {
      // Every number of rows of a tile, and depths on both sides of a block.
      let test = Case(
        &numbers, rows: round < 26 ? round + 1 : numbers.int(1...130), outputs: numbers.int(1...140),
        inputs: round % 13 == 0 ? numbers.int(385...800) : numbers.int(1...60), type: type)
      let matrix = try test.packed()
      let got = try sameOnEachPath("\(test.rows) x \(test.inputs) x \(test.outputs)") { test.product(matrix) }
      let expected = (0..<test.rows).flatMap { r in (0..<test.outputs).map { test.chain(r, $0) } }
      #expect(firstDifference(got, expected) == nil, "\(test.rows) x \(test.inputs) x \(test.outputs)")
    }
  }

  @Test("A chain that is cut into blocks, of few rows or many, stays one chain.", arguments: [1, 3, 13])
  func longChains(_ rows: Int) throws {
    var numbers = Numbers("long chains \(rows)")
    let test = Case(&numbers, rows: rows, outputs: 33, inputs: 4097, type: .bf16)
    let matrix = try test.packed()
    let got = try sameOnEachPath("\(rows) rows") { test.product(matrix) }
    let expected = (0..<rows).flatMap { r in (0..<33).map { test.chain(r, $0) } }
    #expect(firstDifference(got, expected) == nil)
  }

  @Test("Each element lies within its rounding bound of the exact product.", arguments: types)
  func bound(_ type: ElementType) throws {
    var numbers = Numbers("bound \(type)")
    let test = Case(&numbers, rows: 17, outputs: 45, inputs: 300, type: type)
    let got = test.product(try test.packed())
    for r in 0..<test.rows {
      for o in 0..<test.outputs {
        let (value, bound) = test.exact(r, o)
        #expect(abs(Double(got[r * test.outputs + o]) - value) <= bound)
      }
    }
  }

  @Test("A row's result does not depend on the rows beside it.")
  func batches() throws {
    var numbers = Numbers("batches")
    for type in Self.types {
      let matrix = try Case(&numbers, rows: 1, outputs: 100, inputs: 500, type: type).packed()
      let x = Tensor([150, 500], numbers.floats(150 * 500))
      let whole = matrix.multiply(x)
      for size in [1, 2, 5, 8, 9, 12, 31] {
        for begin in stride(from: 0, to: 150, by: 37) {
          let range = begin..<min(begin + size, 150)
          #expect(matrix.multiply(x.rows(range)) == whole.rows(range), "\(range) of \(type)")
        }
      }
    }
  }

  @Test("Any number of threads gives the same bits.")
  func threads() throws {
    var numbers = Numbers("threads")
    for rows in [1, 7, 40, 700] {
      let test = Case(&numbers, rows: rows, outputs: 250, inputs: 400, type: .bf16)
      let matrix = try test.packed()
      let results = withThreads([1, 2, 3, 5, 16]) { test.product(matrix) }
      for result in results { #expect(firstDifference(result, results[0]) == nil, "\(rows) rows") }
    }
  }

  @Test("Packing from either layout keeps every weight, and gives it back.", arguments: types)
  func packing(_ type: ElementType) throws {
    var numbers = Numbers("packing \(type)")
    for transposed in [false, true] {
      var test = Case(&numbers, rows: 1, outputs: 71, inputs: 131, type: type)
      test.transposedWeights = transposed
      let matrix = try test.packed()
      for o in 0..<71 { #expect(matrix.row(o).values == Array(test.weights[o * 131..<(o + 1) * 131])) }
    }
  }

  @Test("A product over no inputs is the bias.")
  func empty() throws {
    let matrix = PackedMatrix(Tensor(zeros: [5, 0]))
    let bias = Tensor([5], [1, 2, 3, 4, 5])
    try sameOnEachPath("no inputs") { matrix.multiply(Tensor(zeros: [2, 0]), bias: bias).values }
    #expect(matrix.multiply(Tensor(zeros: [2, 0]), bias: bias).values == [1, 2, 3, 4, 5, 1, 2, 3, 4, 5])
  }
}
