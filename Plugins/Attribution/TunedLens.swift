import Foundation
import Statistics
import Transformer

/// A tuned lens (Belrose et al. 2023, arXiv 2303.08112): for each layer an affine map of the residual stream after which
/// the model's own read-out comes closest to what the model says in the end, in Kullback-Leibler divergence.
///
/// It begins as the map that comes closest to the last block's output in least squares, with a ridge that is chosen on
/// tokens held back, and takes steps of Adam from there; where neither is better than no map, none is learnt. All of that
/// is on tokens of other rows than those it is used on.
struct TunedLens {
  /// How logits are read off the stream.
  struct Reader {
    let unembedding: Unembedding
    /// `[vocab, d_model]`
    let rows: RealMatrix
    /// `[d_model, vocab]`
    let columns: RealMatrix

    init(_ model: Model) throws {
      unembedding = Unembedding(model)
      let (vocabulary, width) = (unembedding.vocabularySize, model.configuration.width)
      rows = try RealMatrix(rows: vocabulary, columns: width, values: unembedding.rows)
      columns = try rows.transposed()
    }

    /// The logits of each vector of the stream: `[n, d_model]` to `[n, vocab]`.
    func logits(_ stream: RealMatrix) throws -> RealMatrix { try read(stream).logits }

    fileprivate func read(_ stream: RealMatrix) throws -> (logits: RealMatrix, scales: [Double]) {
      let normalized = (0..<stream.rows).map { unembedding.normalized(stream.row($0)) }
      var logits = LinearAlgebra.product(try RealMatrix(normalized.map(\.values)), transposed: rows)
      if let cap = unembedding.cap { logits = try logits.mapped { cap * tanh($0 / cap) } }
      return (logits, normalized.map(\.scale))
    }
  }

  /// `[d_model, d_model]`, beyond the identity, and `[d_model]`.
  private var matrix: RealMatrix
  private var bias: [Double]

  private static let rate = 1e-3
  /// Tokens in a step.
  private static let batch = 256

  /// The logit lens.
  init(width: Int) throws {
    matrix = try RealMatrix(rows: width, columns: width, values: [Double](repeating: 0, count: width * width))
    bias = [Double](repeating: 0, count: width)
  }

  /// Learns the map of one layer.
  ///
  /// - Parameters:
  ///   - stream: the layer's vectors: `[n, d_model]`.
  ///   - end: those behind the last block, of the same tokens.
  ///   - steps: of Adam, each on a part of the tokens.
  init(_ stream: RealMatrix, to end: RealMatrix, reader: Reader, steps: Int) throws {
    // The last fifth chooses: a map that is learnt from too few tokens must not be worse than none.
    let count = stream.rows - max(1, stream.rows / 5)
    let held = (stream.selecting(rows: Array(count..<stream.rows)), end.selecting(rows: Array(count..<stream.rows)))
    let said = try reader.logits(held.1)
    func divergence(_ lens: TunedLens) throws -> Double {
      try Self.divergences(try reader.logits(try lens(held.0)), from: said).reduce(0, +) / Double(said.rows)
    }
    let (input, output) = (stream.selecting(rows: Array(0..<count)), end.selecting(rows: Array(0..<count)))
    var best = try TunedLens(width: stream.columns)
    var least = try divergence(best)
    func consider(_ lens: TunedLens) throws {
      let found = try divergence(lens)
      if found < least { (best, least) = (lens, found) }
    }
    for ridge in Self.ridges {
      var lens = try TunedLens(width: stream.columns)
      (lens.matrix, lens.bias) = try Self.leastSquares(input, to: output, ridge: ridge)
      try consider(lens)
    }
    try consider(try best.moved(input, to: output, reader: reader, steps: steps))
    self = best
  }

  /// The map after some steps of Adam down the divergence.
  private func moved(
    _ stream: RealMatrix, to end: RealMatrix, reader: Reader, steps: Int
  ) throws -> TunedLens {
    guard steps > 0 else { return self }
    var lens = self
    let wanted = try reader.logits(end).softmax()
    let count = stream.rows
    let width = stream.columns
    var first = [Double](repeating: 0, count: width * (width + 1))
    var second = first
    for step in 1...steps {
      let chosen = (0..<min(Self.batch, count)).map { ((step - 1) * Self.batch + $0) % count }
      let slopes = try lens.slopes(stream.selecting(rows: chosen), wanted.selecting(rows: chosen), reader)
      let (a, b) = (1 - power(0.9, step), 1 - power(0.999, step))
      // Slower at the end, so that the last step is no worse than the ones before.
      let rate = Self.rate * (1 - Double(step - 1) / Double(steps))
      let moves = slopes.indices.map { i -> Double in
        first[i] = 0.9 * first[i] + 0.1 * slopes[i]
        second[i] = 0.999 * second[i] + 0.001 * slopes[i] * slopes[i]
        return rate * first[i] / a / ((second[i] / b).squareRoot() + 1e-12)
      }
      lens.matrix = try RealMatrix(rows: width, columns: width, values: zip(lens.matrix.values, moves).map(-))
      lens.bias = zip(lens.bias, moves.suffix(width)).map(-)
    }
    return lens
  }

  /// The ridges that are tried, as parts of the stream's mean variance.
  private static let ridges = [1e-2, 1e-1, 1, 10, 100]

  /// The map of `stream` that comes closest to `end - stream`.
  private static func leastSquares(
    _ stream: RealMatrix, to end: RealMatrix, ridge: Double
  ) throws -> (matrix: RealMatrix, bias: [Double]) {
    let (rows, width) = (stream.rows, stream.columns)
    let (inputs, targets) = (stream.columnMeans, zip(end.columnMeans, stream.columnMeans).map(-))
    let x = try RealMatrix(
      rows: rows, columns: width, values: stream.values.indices.map { stream.values[$0] - inputs[$0 % width] })
    let y = try RealMatrix(
      rows: rows, columns: width,
      values: stream.values.indices.map { end.values[$0] - stream.values[$0] - targets[$0 % width] })
    var moment = LinearAlgebra.secondMoment(x).values
    let trace = (0..<width).reduce(0.0) { $0 + moment[$1 * width + $1] }
    for i in 0..<width { moment[i * width + i] += ridge * trace / Double(width) + 1e-12 }
    let factor = try Cholesky(try RealMatrix(rows: width, columns: width, values: moment), method: "the tuned lens")
    let matrix = factor.solve(LinearAlgebra.product(try y.transposed(), transposed: try x.transposed()))
    // What the means need on top of what the matrix makes of them.
    let bias = (0..<width).map { output in
      targets[output] - LinearAlgebra.dot(Array(matrix.row(output)), inputs)
    }
    return (matrix, bias)
  }

  /// What the map makes of vectors: `[n, d_model]`.
  func callAsFunction(_ stream: RealMatrix) throws -> RealMatrix {
    var moved = zip(LinearAlgebra.product(stream, transposed: matrix).values, stream.values).map(+)
    for i in moved.indices { moved[i] += bias[i % bias.count] }
    return try RealMatrix(rows: stream.rows, columns: stream.columns, values: moved)
  }

  /// The slopes of the mean divergence in the matrix and, behind it, the bias.
  private func slopes(_ input: RealMatrix, _ wanted: RealMatrix, _ reader: Reader) throws -> [Double] {
    let moved = try self(input)
    let (logits, scales) = try reader.read(moved)
    var errors = zip(try logits.softmax().values, wanted.values).map { ($0 - $1) / Double(input.rows) }
    if let cap = reader.unembedding.cap {
      for (i, logit) in logits.values.enumerated() { errors[i] *= 1 - (logit / cap) * (logit / cap) }
    }
    let behind = LinearAlgebra.product(
      try RealMatrix(rows: logits.rows, columns: logits.columns, values: errors), transposed: reader.columns)
    let back = try RealMatrix(
      (0..<moved.rows).map {
        reader.unembedding.pullBack(behind.row($0), at: moved.row($0), scale: scales[$0])
      })
    let ofMatrix = LinearAlgebra.product(try back.transposed(), transposed: try input.transposed())
    return ofMatrix.values + back.columnMeans.map { $0 * Double(back.rows) }
  }

  /// The divergence of what is read off vectors from what the model says, by row, in nats.
  static func divergences(_ read: RealMatrix, from said: RealMatrix) throws -> [Double] {
    let (p, q) = (try said.softmax(), try read.softmax())
    let terms = zip(p.values, q.values).map { p, q in p > 0 ? p * log(p / max(q, .leastNormalMagnitude)) : 0 }
    return (0..<p.rows).map { row in
      terms[row * p.columns..<(row + 1) * p.columns].reduce(0, +)
    }
  }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { product, _ in product * base }
  }
}

extension RealMatrix {
  fileprivate func transposed() throws -> RealMatrix {
    var flipped = [Double](repeating: 0, count: rows * columns)
    values.withUnsafeBufferPointer { values in
      for row in 0..<rows {
        for column in 0..<columns { flipped[column * rows + row] = values[row * columns + column] }
      }
    }
    return try RealMatrix(rows: columns, columns: rows, values: flipped)
  }

  fileprivate func mapped(_ transform: (Double) -> Double) throws -> RealMatrix {
    try RealMatrix(rows: rows, columns: columns, values: values.map(transform))
  }

  /// Each row of logits as probabilities.
  fileprivate func softmax() throws -> RealMatrix {
    var shares = values
    for begin in stride(from: 0, to: shares.count, by: columns) {
      let row = begin..<begin + columns
      let top = shares[row].max() ?? 0
      var sum = 0.0
      for i in row {
        shares[i] = exp(shares[i] - top)
        sum += shares[i]
      }
      for i in row { shares[i] /= sum }
    }
    return try RealMatrix(rows: rows, columns: columns, values: shares)
  }
}
