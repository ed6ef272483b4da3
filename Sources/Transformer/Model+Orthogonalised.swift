import Tensor

extension Model {
  /// The model whose weights cannot write along a direction: it is taken out of the embeddings and of every attention
  /// and feed-forward output, biases too. To rounding this is ``Intervention/directionalAblation(_:)`` (Arditi et al.
  /// 2024, arXiv 2406.11717), at no cost when it runs.
  ///
  /// What was edited is kept in float32. Tied embeddings come apart: the unembedding stays as it was.
  ///
  /// - Parameter direction: `[d_model]`, of any length.
  /// - Throws: ``OrthogonalisationError`` if the direction does not fit or has no length, or the architecture has norms
  ///   behind its sublayers, whose weights would bring the direction back.
  public func orthogonalised(against direction: [Float]) throws(OrthogonalisationError) -> Model {
    let taking = try Orthogonalisation(direction, configuration)
    var hasher = Digest.Hasher()
    hasher.update(Array("\(digest) orthogonalised".utf8))
    for value in direction { hasher.update(withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }) }
    return Model(
      self, digest: hasher.finalize(), embedding: PackedMatrix(taking.rows(embedding.unpacked)),
      positionEmbedding: positionEmbedding.map(taking.rows),
      blocks: blocks.map { block in
        block.writing(
          attention: taking.projection(block.attentionOutput), feedForward: taking.projection(block.down))
      })
  }
}

/// A direction that is taken out of weights, in float64, rounded once.
struct Orthogonalisation {
  private let unit: [Double]

  init(_ direction: [Float], _ configuration: ModelConfiguration) throws(OrthogonalisationError) {
    guard direction.count == configuration.width else {
      throw .wrongWidth(expected: configuration.width, found: direction.count)
    }
    let length = direction.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    guard length > 0, length.isFinite else { throw .noDirection }
    guard configuration.architecture.normPlacement == .before else {
      throw .normsBehind(family: configuration.family.rawValue)
    }
    unit = direction.map { Double($0) / length }
  }

  /// Each row of `[rows, d_model]` less its part along the direction; a vector `[d_model]` is one row.
  func rows(_ table: Tensor) -> Tensor {
    let width = unit.count
    var table = table
    let rows = table.count / width
    table.withUnsafeMutablePointer { values in
      for row in 0..<rows {
        let x = values + row * width
        var share = 0.0
        for i in 0..<width { share += Double(x[i]) * unit[i] }
        for i in 0..<width { x[i] = Float(Double(x[i]) - share * unit[i]) }
      }
    }
    return table
  }

  /// Weights `[d_model, inputs]` whose outputs have no part along the direction.
  func outputs(_ weights: Tensor) -> Tensor {
    let inputs = weights.width
    var weights = weights
    var shares = Array(repeating: 0.0, count: inputs)
    weights.withUnsafeMutablePointer { w in
      for output in unit.indices {
        for i in 0..<inputs { shares[i] += unit[output] * Double(w[output * inputs + i]) }
      }
      for output in unit.indices {
        for i in 0..<inputs {
          w[output * inputs + i] = Float(Double(w[output * inputs + i]) - shares[i] * unit[output])
        }
      }
    }
    return weights
  }

  func projection(_ projection: Projection) -> Projection {
    Projection(matrix: PackedMatrix(outputs(projection.matrix.unpacked)), bias: projection.bias.map(rows))
  }
}

extension PackedMatrix {
  /// `[outputs, inputs]`, widened.
  fileprivate var unpacked: Tensor {
    Tensor([outputs, inputs]) { rows in for output in 0..<outputs { copyRow(output, into: rows + output * inputs) } }
  }
}

/// Weights that a direction cannot be taken out of.
public enum OrthogonalisationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The direction has another length than the residual stream.
  case wrongWidth(expected: Int, found: Int)
  /// The direction is zero, or not finite.
  case noDirection
  /// A norm stands behind each sublayer.
  case normsBehind(family: String)

  /// What is wrong, and what to do.
  public var description: String {
    switch self {
    case .wrongWidth(let expected, let found):
      "the direction has \(found) numbers, and the residual stream \(expected)"
    case .noDirection: "the direction has length zero, or one that is not finite"
    case .normsBehind(let family):
      "a \(family) model has norms behind its sublayers, whose weights would bring the direction back; "
        + "ablate the direction while it runs instead"
    }
  }
}
