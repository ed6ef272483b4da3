/// A dense matrix of doubles, row after row: `[rows, columns]`.
public struct RealMatrix: Hashable, Sendable {
  /// How many rows.
  public let rows: Int
  /// How many columns.
  public let columns: Int
  /// `rows * columns` numbers, row-major.
  public internal(set) var values: [Double]

  /// - Throws: ``StatisticsError/lengths(what:expected:found:)`` unless there are `rows * columns` values.
  public init(rows: Int, columns: Int, values: [Double]) throws {
    guard rows >= 0, columns >= 0, values.count == rows * columns else {
      throw StatisticsError.lengths(what: "values of a matrix", expected: rows * columns, found: values.count)
    }
    self.init(rows, columns, values)
  }

  /// A matrix from its rows, all of one length.
  ///
  /// - Throws: ``StatisticsError/lengths(what:expected:found:)`` when a row is longer or shorter than the first.
  public init(_ rows: [[Double]]) throws {
    let width = rows.first?.count ?? 0
    if let other = rows.first(where: { $0.count != width }) {
      throw StatisticsError.lengths(what: "columns of a row", expected: width, found: other.count)
    }
    self.init(rows.count, width, rows.flatMap { $0 })
  }

  /// A matrix from single-precision activations, row-major `[rows, columns]`.
  ///
  /// - Throws: ``StatisticsError/lengths(what:expected:found:)`` unless there are `rows * columns` values.
  public init(rows: Int, columns: Int, activations: some Sequence<Float>) throws {
    try self.init(rows: rows, columns: columns, values: activations.map(Double.init))
  }

  /// Shapes that are known to agree.
  init(_ rows: Int, _ columns: Int, _ values: [Double]) {
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  /// All zero.
  init(_ rows: Int, _ columns: Int) {
    self.init(rows, columns, [Double](repeating: 0, count: rows * columns))
  }

  /// One element.
  public subscript(row: Int, column: Int) -> Double {
    get { values[row * columns + column] }
    set { values[row * columns + column] = newValue }
  }

  /// One row, `[columns]`.
  public func row(_ index: Int) -> ArraySlice<Double> {
    values[index * columns..<(index + 1) * columns]
  }

  /// The rows of these indices, in this order, repetitions allowed.
  public func selecting(rows indices: [Int]) -> RealMatrix {
    var selected: [Double] = []
    selected.reserveCapacity(indices.count * columns)
    for index in indices { selected.append(contentsOf: row(index)) }
    return RealMatrix(indices.count, columns, selected)
  }

  /// The mean of each column, `[columns]`, added in row order.
  public var columnMeans: [Double] {
    let sum = weightedRowSum([Double](repeating: 1, count: rows))
    return rows == 0 ? sum : sum.map { $0 / Double(rows) }
  }

  /// `[rows]`: this matrix times a vector `[columns]`, each element in one fixed order.
  func times(_ vector: [Double]) -> [Double] {
    values.withUnsafeBufferPointer { all in
      vector.withUnsafeBufferPointer { vector in
        (0..<rows).map { row in
          LinearAlgebra.dot(UnsafeBufferPointer(rebasing: all[row * columns..<(row + 1) * columns]), vector)
        }
      }
    }
  }

  /// `[columns]`: the sum of the rows, each times its weight, added in row order.
  func weightedRowSum(_ weights: [Double]) -> [Double] {
    var sum = [Double](repeating: 0, count: columns)
    sum.withUnsafeMutableBufferPointer { sum in
      values.withUnsafeBufferPointer { all in
        for row in 0..<rows {
          let weight = weights[row]
          for column in 0..<columns { sum[column] += weight * all[row * columns + column] }
        }
      }
    }
    return sum
  }
}
