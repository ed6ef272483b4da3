import Foundation

/// Rotary position embedding (Su et al. 2021, “RoFormer”): each pair `(i, i + width / 2)` of a query or key turns by
/// `position * frequency[i]`.
public struct Rotary: Hashable, Sendable, Codable {
  /// How the frequencies of a model that was stretched to longer texts differ from the plain ones.
  public enum Scaling: Hashable, Sendable, Codable {
    /// Plain frequencies.
    case none
    /// Every frequency divided by a factor (position interpolation, Chen et al. 2023).
    case linear(factor: Double)
    /// Llama 3.1: low frequencies divided by the factor, high ones kept, those between interpolated.
    case llama3(
      factor: Double, lowFrequencyFactor: Double, highFrequencyFactor: Double, originalMaximumPositions: Double)
    /// LongRoPE, as in Phi-3.
    case longRope(LongRope)
  }

  /// LongRoPE (Ding et al. 2024): each frequency divided by a factor of its own, of one list for sequences within the
  /// original length and of another for longer ones. A text that grows past it is computed anew from its beginning, as
  /// transformers does: what a position gives then depends on how long the sequence is, and on nothing else.
  public struct LongRope: Hashable, Sendable, Codable {
    /// `[width / 2]`: the factors for sequences of at most ``originalMaximumPositions``.
    public var short: [Double]
    /// `[width / 2]`: those for longer ones.
    public var long: [Double]
    /// The context length before stretching.
    public var originalMaximumPositions: Int
    /// What cosines and sines are multiplied with.
    public var attentionFactor: Double
  }

  /// `theta`: pair `i` has the plain frequency `base ^ (-2i / width)`.
  public var base: Double
  /// What is done to the plain frequencies.
  public var scaling: Scaling
  /// Which share of each head, from its start, is turned; the rest stays as it is (GPT-NeoX).
  public var share: Double

  /// Rotary positions with a base and, where the model was stretched, its scaling.
  public init(base: Double, scaling: Scaling = .none, share: Double = 1) {
    self.base = base
    self.scaling = scaling
    self.share = share
  }

  /// How many elements of a head of so many are turned.
  public func width(headSize: Int) -> Int { share == 1 ? headSize : Int(Double(headSize) * share) }

  /// The factors of LongRoPE, where they apply.
  public var longRope: LongRope? {
    switch scaling {
    case .longRope(let factors): factors
    case .none, .linear, .llama3: nil
    }
  }

  /// The angle per position of every pair, in radians: `[width / 2]`, in float64.
  ///
  /// - Parameter isLong: whether the sequence is longer than ``LongRope/originalMaximumPositions``.
  public func frequencies(headSize: Int, isLong: Bool = false) -> [Double] {
    let width = width(headSize: headSize)
    return (0..<width / 2).map { scaled(1 / pow(base, Double(2 * $0) / Double(width)), pair: $0, isLong: isLong) }
  }

  private func scaled(_ frequency: Double, pair: Int, isLong: Bool) -> Double {
    switch scaling {
    case .none: return frequency
    case .linear(let factor): return frequency / factor
    case .llama3(let factor, let low, let high, let original):
      let wavelength = 2 * Double.pi / frequency
      if wavelength < original / high { return frequency }
      if wavelength > original / low { return frequency / factor }
      let share = (original / wavelength - low) / (high - low)
      return (1 - share) * frequency / factor + share * frequency
    case .longRope(let lists):
      let factors = isLong ? lists.long : lists.short
      return pair < factors.count ? frequency / factors[pair] : frequency
    }
  }
}
