import Tensor

/// What a difference of two tokens' logits reads of the residual stream behind the last block: direct logit attribution
/// (Elhage et al. 2021) with the last norm's scale held where the run has it, which makes it linear in what was added.
public struct Readout: Sendable {
  /// The difference of the unembedding's rows: `[d_model]`.
  private let raw: [Double]
  /// The same times the last norm's weight: `[d_model]`.
  private let weighted: [Double]
  /// What the norm's own bias gives.
  public let bias: Double
  private let isCentred: Bool

  /// - Throws: `SequenceError` for tokens that the vocabulary lacks.
  public init(_ model: Model, token first: Int, less second: Int) throws {
    try model.check([[first, second]])
    let rows = [first, second].map { model.unembedding.row($0).values.map(Double.init) }
    let raw = zip(rows[0], rows[1]).map { $0 - $1 }
    let norm = model.finalNorm
    let offset: Double = model.configuration.architecture.norm == .zeroCentredRMS ? 1 : 0
    var (weighted, bias) = (raw, 0.0)
    for i in raw.indices {
      weighted[i] *= offset + Double(norm.weight.pointer[i])
      if let own = norm.bias { bias += raw[i] * Double(own.pointer[i]) }
    }
    (self.raw, self.weighted, self.bias) = (raw, weighted, bias)
    isCentred = model.configuration.architecture.norm == .layer
  }

  /// What a part of the stream adds to the difference of logits, before any soft cap.
  ///
  /// - Parameters:
  ///   - part: `[d_model]`; parts that add up to the stream have contributions that, with ``bias``, add up to the
  ///     difference.
  ///   - scale: the last norm's scale in that run; `nil` for what the unembedding reads of the part without the norm.
  public func contribution(of part: some Collection<Float>, scale: Double?) -> Double {
    guard let scale else { return zip(part, raw).reduce(0) { $0 + Double($1.0) * $1.1 } }
    let mean = isCentred ? part.reduce(0) { $0 + Double($1) } / Double(weighted.count) : 0
    return zip(part, weighted).reduce(0) { $0 + (Double($1.0) - mean) * $1.1 } / scale
  }
}
