/// A subspace of an activation space: an orthonormal basis in float64.
///
///     let subspace = try Subspace(spannedBy: [first, second])
///     Intervention(at: HookPoint(.residPre, layer: 4), operation: .remove(subspace))
public struct Subspace: Hashable, Sendable {
  /// `[rank][width]`: orthonormal.
  public let basis: [[Double]]

  /// How many dimensions it has.
  public var rank: Int { basis.count }
  /// The width of the space that it lies in.
  public var width: Int { basis.first?.count ?? 0 }

  /// The subspace that vectors span, by the modified Gram-Schmidt process, each vector cleared twice.
  ///
  /// - Throws: ``SubspaceError`` if there are none, their lengths differ, or one depends on those before it.
  public init(spannedBy vectors: [[Float]]) throws(SubspaceError) {
    guard let width = vectors.first?.count, width > 0 else { throw .empty }
    var basis: [[Double]] = []
    for (index, vector) in vectors.enumerated() {
      guard vector.count == width else { throw .unequal(index: index, expected: width, found: vector.count) }
      var x = vector.map(Double.init)
      let length = Self.length(x)
      // Once is not enough where vectors nearly agree (Kahan: "twice is enough").
      for _ in 0..<2 {
        for direction in basis {
          let share = Self.dot(x, direction)
          for i in x.indices { x[i] -= share * direction[i] }
        }
      }
      let rest = Self.length(x)
      guard length.isFinite, rest > 1e-6 * length else { throw .dependent(index: index) }
      basis.append(x.map { $0 / rest })
    }
    self.basis = basis
  }

  /// The part of `x` that lies in the subspace: `B^T B x`.
  func projection(of x: some RandomAccessCollection<Double>) -> [Double] {
    var result = Array(repeating: 0.0, count: width)
    for direction in basis {
      var share = 0.0
      for (a, b) in zip(x, direction) { share += a * b }
      for i in result.indices { result[i] += share * direction[i] }
    }
    return result
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for i in a.indices { sum += a[i] * b[i] }
    return sum
  }

  private static func length(_ a: [Double]) -> Double { dot(a, a).squareRoot() }
}

/// Vectors that span no subspace of their number.
public enum SubspaceError: Error, Hashable, Sendable, CustomStringConvertible {
  /// No vectors, or vectors without elements.
  case empty
  /// Vectors of different lengths.
  case unequal(index: Int, expected: Int, found: Int)
  /// A vector lies in the span of those before it, or is zero, or not finite.
  case dependent(index: Int)

  /// What is wrong, and what to do.
  public var description: String {
    switch self {
    case .empty: "a subspace needs at least one vector"
    case .unequal(let index, let expected, let found):
      "vector \(index) of a subspace has \(found) numbers, and the first has \(expected)"
    case .dependent(let index):
      "vector \(index) of a subspace is zero, not finite, or depends on those before it; leave it out"
    }
  }
}
