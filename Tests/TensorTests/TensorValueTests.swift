import Tensor
import Testing

@Suite("Tensors")
struct TensorValueTests {
  @Test("A copy shares memory until one of the two is written.")
  func copyOnWrite() {
    let original = Tensor([2, 3], [1, 2, 3, 4, 5, 6])
    var copy = original
    #expect(original.withUnsafePointer { $0 } == copy.withUnsafePointer { $0 })
    copy[1, 0] = 40
    #expect(original.values == [1, 2, 3, 4, 5, 6])
    #expect(copy.values == [1, 2, 3, 40, 5, 6])
  }

  @Test("Slices of rows share memory, and writing to one leaves the whole alone.")
  func slices() {
    let whole = Tensor([4, 2], (0..<8).map(Float.init))
    var middle = whole.rows(1..<3)
    #expect(middle.shape == [2, 2] && middle.values == [2, 3, 4, 5])
    #expect(middle.withUnsafePointer { $0 } == whole.withUnsafePointer { $0 + 2 })
    middle[0, 0] = 9
    #expect(middle.values == [9, 3, 4, 5] && whole.values == (0..<8).map(Float.init))
    #expect(whole.row(3).shape == [2] && whole.row(3).values == [6, 7])
    #expect(whole.rows(1..<4).rows(1..<2).values == [4, 5])
  }

  @Test("Reshaping keeps the order; concatenation puts parts end to end.")
  func shapes() {
    let x = Tensor([2, 3], (0..<6).map(Float.init))
    #expect(x.reshaped([3, 2])[2, 1] == 5 && x.rowCount == 2 && x.width == 3)
    let joined = Tensor.concatenating([x, x.rows(0..<1)])
    #expect(joined.shape == [3, 3] && joined.values == [0, 1, 2, 3, 4, 5, 0, 1, 2])
    #expect(Tensor([], [7]).count == 1 && Tensor(zeros: [0, 5]).values.isEmpty)
  }

  @Test("Equality is equality of shape and bits.")
  func equality() {
    #expect(Tensor([1], [Float.nan]) == Tensor([1], [Float.nan]))
    #expect(Tensor([1], [Float(0)]) != Tensor([1], [Float(-0.0)]))
    #expect(Tensor(zeros: [2, 3]) != Tensor(zeros: [3, 2]))
    #expect(Tensor([2], [1, 2]).firstDifference(from: Tensor([2], [1, 3])) == 1)
  }

  @Test("Memory begins on a 64-byte boundary.")
  func alignment() {
    for count in [1, 3, 100] {
      #expect(Tensor(zeros: [count]).withUnsafePointer { UInt(bitPattern: $0) % 64 } == 0)
    }
  }

  @Test("Ranges of a split loop cover every item once, whatever the grain.", arguments: [0, 1, 2, 7, 100, 1001])
  func split(_ count: Int) {
    for grain in [1, 3, 50, 5000] {
      var visits = [Int](repeating: 0, count: count)
      visits.withUnsafeMutableBufferPointer { visits in
        Threads.split(count, grain: grain) { range in
          for index in range { visits[index] += 1 }
        }
      }
      #expect(visits.allSatisfy { $0 == 1 })
    }
  }

  @Test("Half precision rounds to nearest even and comes back exactly.")
  func halves() {
    let x: [Float] = [0, 1, -2.5, 0.1, 65504, 3e-8, .infinity]
    #expect(HalfPrecision.float16(x) == [0, 0x3c00, 0xc100, 0x2e66, 0x7bff, 0x0001, 0x7c00])
    #expect(HalfPrecision.bfloat16(x) == [0, 0x3f80, 0xc020, 0x3dcd, 0x4780, 0x3301, 0x7f80])
    for bits in UInt16.min...UInt16.max {
      let wide = HalfPrecision.float(bfloat16: bits)
      if !wide.isNaN { #expect(HalfPrecision.bfloat16(wide) == bits) }
    }
    let all = (UInt16.min...UInt16.max).filter { $0 & 0x7c00 != 0x7c00 }
    #expect(HalfPrecision.float16(HalfPrecision.floats(float16: all)) == all)
  }

  @Test("The nearest name is found, and none when all are far.")
  func nearestName() {
    #expect(NearestName.of("layrs", among: ["label", "layers", "target"]) == "layers")
    #expect(NearestName.of("zzzz", among: ["label", "layers", "target"]) == nil)
  }

  @Test("A path's name chooses it; the arithmetic has a version.")
  func paths() throws {
    #expect(KernelPath.portable.isSupported && KernelPath.supported.contains(.best))
    #expect(KernelPath.contractVersion.hasPrefix("palimpsest-kernels/"))
    #expect(KernelPath.Unsupported(path: .avx512).description.contains("portable"))
  }

  @Test("Weights of other types, or of the wrong size, are refused.")
  func packing() {
    let bytes = [UInt8](repeating: 0, count: 24)
    bytes.withUnsafeBytes { bytes in
      #expect(throws: PackingError.unsupportedType(.i32)) {
        try PackedMatrix(bytes, type: .i32, outputs: 2, inputs: 3)
      }
      #expect(throws: PackingError.wrongSize(expected: 28, found: 24)) {
        try PackedMatrix(bytes, type: .bf16, outputs: 2, inputs: 7)
      }
    }
  }

  @Test("Packing again replaces the weights, and leaves copies alone.")
  func repacking() {
    var matrix = PackedMatrix(Tensor([2, 2], [1, 2, 3, 4]))
    let before = matrix
    let fresh: [Float] = [5, 6, 7, 8]
    fresh.withUnsafeBytes { bytes in
      if let address = bytes.baseAddress { matrix.repack(address, transposed: true) }
    }
    let x = Tensor([1, 2], [1, 10])
    #expect(before.multiply(x).values == [21, 43])
    #expect(matrix.multiply(x).values == [75, 86])
  }
}
