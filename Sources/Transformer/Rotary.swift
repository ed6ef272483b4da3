import Foundation

/// Rotary position embedding (Su et al. 2021, “RoFormer”): each pair `(i, i + d_head / 2)` of a query or key turns by
/// `position * frequency[i]`.
public struct Rotary: Hashable, Sendable {
  /// How the frequencies of a model that was stretched to longer texts differ from the plain ones.
  public enum Scaling: Hashable, Sendable {
    /// Plain frequencies.
    case none
    /// Every frequency divided by a factor (position interpolation, Chen et al. 2023).
    case linear(factor: Double)
    /// Llama 3.1: low frequencies divided by the factor, high ones kept, those between interpolated.
    case llama3(
      factor: Double, lowFrequencyFactor: Double, highFrequencyFactor: Double, originalMaximumPositions: Double)
  }

  /// `theta`: pair `i` has the plain frequency `base ^ (-2i / d_head)`.
  public var base: Double
  /// What is done to the plain frequencies.
  public var scaling: Scaling

  /// Rotary positions with a base and, where the model was stretched, its scaling.
  public init(base: Double, scaling: Scaling = .none) {
    self.base = base
    self.scaling = scaling
  }

  /// The angle per position of every pair, in radians: `[d_head / 2]`, in float64.
  public func frequencies(headSize: Int) -> [Double] {
    (0..<headSize / 2).map { scaled(1 / pow(base, Double(2 * $0) / Double(headSize))) }
  }

  private func scaled(_ frequency: Double) -> Double {
    switch scaling {
    case .none: return frequency
    case .linear(let factor): return frequency / factor
    case .llama3(let factor, let low, let high, let original):
      let wavelength = 2 * Double.pi / frequency
      if wavelength < original / high { return frequency }
      if wavelength > original / low { return frequency / factor }
      let share = (original / wavelength - low) / (high - low)
      return (1 - share) * frequency / factor + share * frequency
    }
  }
}
