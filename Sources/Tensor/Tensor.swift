import Kernels

/// Numbers in float32 with a shape, row-major, on a 64-byte boundary.
///
/// A value: copies share memory until one of them is written. Slices of rows share memory too.
///
///     var x = Tensor(zeros: [3, 4])        // [tokens, d_model]
///     x[1, 2] = 5
///     let last = x.rows(2..<3)             // no copy
public struct Tensor: Sendable {
  /// Sizes, outermost first. An empty shape is one number.
  public private(set) var shape: [Int]

  private var storage: AlignedStorage
  private var offset: Int

  /// A tensor whose elements `body` writes, all of them.
  public init(_ shape: [Int], initializingWith body: (UnsafeMutablePointer<Float>) throws -> Void) rethrows {
    self.shape = shape
    let count = shape.reduce(1, *)
    storage = AlignedStorage(byteCount: count * MemoryLayout<Float>.stride)
    storage.bytes.bindMemory(to: Float.self)
    offset = 0
    try body(storage.floats)
  }

  /// A tensor of zeros.
  public init(zeros shape: [Int]) {
    self.init(repeating: 0, shape)
  }

  /// A tensor of equal numbers.
  public init(repeating value: Float, _ shape: [Int]) {
    self.init(shape) { $0.initialize(repeating: value, count: shape.reduce(1, *)) }
  }

  /// A tensor with the given elements, as many as the shape holds.
  public init(_ shape: [Int], _ values: some Collection<Float>) {
    precondition(values.count == shape.reduce(1, *), "\(values.count) values do not fill the shape \(shape)")
    self.init(shape) { pointer in
      // Arrays and their slices are copied at once: element by element, a generic collection is slow.
      let copied: Void? = values.withContiguousStorageIfAvailable { source in
        if let base = source.baseAddress { pointer.update(from: base, count: source.count) }
      }
      if copied == nil { for (index, value) in values.enumerated() { pointer[index] = value } }
    }
  }

  /// How many numbers it holds.
  public var count: Int { shape.reduce(1, *) }

  /// The size of the last axis; 1 for a single number.
  public var width: Int { shape.last ?? 1 }

  /// The product of all sizes but the last: rows of `width` numbers.
  public var rowCount: Int { shape.dropLast().reduce(1, *) }

  /// All elements, in order.
  public var values: [Float] { withUnsafePointer { Array(UnsafeBufferPointer(start: $0, count: count)) } }

  /// Calls `body` with the address of the first element; the others follow without gaps.
  public func withUnsafePointer<R, E: Error>(_ body: (UnsafePointer<Float>) throws(E) -> R) throws(E) -> R {
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafePointer(storage.floats + offset))
  }

  /// Calls `body` with the address of the first element, for writing. Copies first if the memory is shared.
  public mutating func withUnsafeMutablePointer<R, E: Error>(
    _ body: (UnsafeMutablePointer<Float>) throws(E) -> R
  ) throws(E) -> R {
    if !isKnownUniquelyReferenced(&storage) { self = copied() }
    defer { withExtendedLifetime(storage) {} }
    return try body(storage.floats + offset)
  }

  /// Entries `range` of the first axis, sharing memory.
  public func rows(_ range: Range<Int>) -> Tensor {
    let size = shape.first ?? 0
    precondition(range.lowerBound >= 0 && range.upperBound <= size, "rows \(range) of a tensor with \(size)")
    var slice = self
    slice.offset += range.lowerBound * shape.dropFirst().reduce(1, *)
    slice.shape[0] = range.count
    return slice
  }

  /// Entry `index` of the first axis, which falls away; shares memory.
  public func row(_ index: Int) -> Tensor {
    var slice = rows(index..<index + 1)
    slice.shape.removeFirst()
    return slice
  }

  /// The same numbers in the same order under another shape, sharing memory.
  public func reshaped(_ shape: [Int]) -> Tensor {
    precondition(shape.reduce(1, *) == count, "\(count) values do not fill the shape \(shape)")
    var result = self
    result.shape = shape
    return result
  }

  /// The element at an index for each axis.
  public subscript(index: Int...) -> Float {
    get {
      let place = place(of: index)
      return withUnsafePointer { $0[place] }
    }
    set {
      let place = place(of: index)
      withUnsafeMutablePointer { $0[place] = newValue }
    }
  }

  /// A copy in memory of its own.
  public func copied() -> Tensor {
    withUnsafePointer { source in
      Tensor(shape) { $0.initialize(from: source, count: count) }
    }
  }

  /// Tensors of equal trailing shape, one after the other along the first axis.
  public static func concatenating(_ parts: [Tensor]) -> Tensor {
    guard let first = parts.first else { return Tensor(zeros: [0]) }
    let tail = Array(first.shape.dropFirst())
    precondition(parts.allSatisfy { $0.shape.dropFirst().elementsEqual(tail) }, "parts differ in shape")
    return Tensor([parts.reduce(0) { $0 + $1.shape[0] }] + tail) { pointer in
      var next = pointer
      for part in parts {
        part.withUnsafePointer { next.initialize(from: $0, count: part.count) }
        next += part.count
      }
    }
  }

  private func place(of index: [Int]) -> Int {
    precondition(index.count == shape.count, "\(index.count) indices for the shape \(shape)")
    return zip(index, shape).reduce(0) { place, axis in
      precondition(axis.0 >= 0 && axis.0 < axis.1, "index \(index) outside the shape \(shape)")
      return place * axis.1 + axis.0
    }
  }
}

extension Tensor: Equatable {
  /// Equal shape and equal **bits**: a NaN equals itself, and 0 differs from -0.
  public static func == (a: Tensor, b: Tensor) -> Bool {
    a.shape == b.shape && a.firstDifference(from: b) == nil
  }

  /// The first place, in row-major order, whose bits differ from those of a tensor of the same count; `nil` if none.
  public func firstDifference(from other: Tensor) -> Int? {
    precondition(count == other.count, "tensors of \(count) and \(other.count) elements")
    return withUnsafePointer { a in
      other.withUnsafePointer { b in
        (0..<count).first { a[$0].bitPattern != b[$0].bitPattern }
      }
    }
  }
}

extension Tensor: CustomStringConvertible {
  /// The shape and the first elements.
  public var description: String {
    let shown = values.prefix(6).map { "\($0)" }.joined(separator: ", ")
    return "Tensor\(shape)(\(shown)\(count > 6 ? ", …" : ""))"
  }
}
