import Tensor

/// The last norm and the unembedding in float64: what reads logits off a vector of the residual stream, for readers that
/// are learnt.
public struct Unembedding: Sendable {
  /// Its rows: `[vocab, d_model]`, row-major.
  public let rows: [Double]
  /// How many logits there are.
  public let vocabularySize: Int
  /// The bound of a soft cap on logits, if there is one.
  public let cap: Double?
  /// The weight of the last norm, with what its kind adds to it: `[d_model]`.
  private let weight: [Double]
  /// `[d_model]`
  private let bias: [Double]?
  private let epsilon: Double
  private let isCentred: Bool

  /// The way to logits of a model.
  public init(_ model: Model) {
    let (norm, c) = (model.finalNorm, model.configuration)
    let offset: Double = c.architecture.norm == .zeroCentredRMS ? 1 : 0
    vocabularySize = c.vocabularySize
    rows = (0..<c.vocabularySize).flatMap { model.unembedding.row($0).values.map(Double.init) }
    cap = c.logitCap
    weight = (0..<c.width).map { offset + Double(norm.weight.pointer[$0]) }
    bias = norm.bias.map { bias in (0..<c.width).map { Double(bias.pointer[$0]) } }
    epsilon = c.normEpsilon
    isCentred = c.architecture.norm == .layer
  }

  /// What the last norm gives of a vector of the stream, and the scale that it divides by: `[d_model]`.
  public func normalized(_ stream: some Collection<Double>) -> (values: [Double], scale: Double) {
    let mean = isCentred ? stream.reduce(0, +) / Double(weight.count) : 0
    let scale = (stream.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(weight.count) + epsilon).squareRoot()
    var values = zip(stream, weight).map { ($0 - mean) / scale * $1 }
    if let bias { for i in values.indices { values[i] += bias[i] } }
    return (values, scale)
  }

  /// The slopes in the stream, from those in what the norm gives of it.
  ///
  /// - Parameters:
  ///   - slopes: `[d_model]`
  ///   - stream: the vector that was normalized.
  ///   - scale: what ``normalized(_:)`` divided it by.
  public func pullBack(
    _ slopes: some Collection<Double>, at stream: some Collection<Double>, scale: Double
  ) -> [Double] {
    let count = Double(weight.count)
    let mean = isCentred ? stream.reduce(0, +) / count : 0
    let weighted = zip(slopes, weight).map(*)
    let common = isCentred ? weighted.reduce(0, +) / count : 0
    let along = zip(weighted, stream).reduce(0) { $0 + $1.0 * ($1.1 - mean) } / (count * scale * scale)
    return zip(weighted, stream).map { ($0 - common - ($1 - mean) * along) / scale }
  }
}
