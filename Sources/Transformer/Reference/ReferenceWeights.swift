import Tensor

/// Where the reference finds its numbers.
///
/// A row is widened when it is needed and forgotten afterwards, so that a checkpoint of any size can be read.
protocol ReferenceWeights: Sendable {
  /// Calls `body` with a way to read the rows of a parameter `[outputs, inputs]`; a vector is one row.
  func withRows<R>(of parameter: Parameter, _ body: (_ row: (Int) -> [Double]) throws -> R) throws -> R
}

/// Numbers that are in memory in float64 already.
struct ReferenceWeightsInMemory: ReferenceWeights {
  let values: [Parameter.Role: [Double]]

  func withRows<R>(of parameter: Parameter, _ body: ((Int) -> [Double]) throws -> R) throws -> R {
    let all = values[parameter.role] ?? []
    let width = parameter.shape.last ?? 1
    return try body { Array(all[$0 * width..<($0 + 1) * width]) }
  }
}

extension Checkpoint: ReferenceWeights {
  func withRows<R>(of parameter: Parameter, _ body: ((Int) -> [Double]) throws -> R) throws -> R {
    guard let rows = parameter.storedRows else { return try tensor(parameter).withRows(body) }
    return try file(of: parameter).withRows(of: storedName(of: parameter)) { row in
      try body { row(rows[$0]).map(Double.init) }
    }
  }
}

extension GGUFCheckpoint: ReferenceWeights {
  func withRows<R>(of parameter: Parameter, _ body: ((Int) -> [Double]) throws -> R) throws -> R {
    let own = try place(of: parameter)
    guard let rows = own.storedRows else { return try tensor(parameter).withRows(body) }
    return try file.withRows(of: own.name) { row in try body { row(rows[$0]).map(Double.init) } }
  }
}

extension Parameter {
  /// For each row of a matrix the row of the stored one that it is; `nil` for vectors, and where a row lies across the
  /// stored ones.
  fileprivate var storedRows: [Int]? {
    guard shape.count == 2 else { return nil }
    switch place {
    case .whole: return Array(0..<shape[0])
    case .rows(let ranges, _): return ranges.flatMap { $0 }
    case .transposed, .columns: return nil
    }
  }
}

extension Tensor {
  fileprivate func withRows<R>(_ body: ((Int) -> [Double]) throws -> R) rethrows -> R {
    let width = width
    return try withUnsafePointer { numbers in
      try body { row in (row * width..<(row + 1) * width).map { Double(numbers[$0]) } }
    }
  }
}
