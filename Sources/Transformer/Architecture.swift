/// How the blocks of a family differ from Llama's: read off a configuration, and followed by engine and reference alike.
///
/// The defaults are Llama's (Touvron et al. 2023): RMSNorm before each sublayer, rotary positions, SwiGLU, no biases.
public struct Architecture: Hashable, Sendable, Codable {
  /// What a norm computes.
  public enum Norm: String, Hashable, Sendable, Codable {
    /// `x / sqrt(mean(x^2) + epsilon) * weight` (Zhang and Sennrich 2019).
    case rms
    /// The same with `1 + weight`, as Gemma stores its weights.
    case zeroCentredRMS
    /// `(x - mean) / sqrt(variance + epsilon) * weight + bias` (Ba et al. 2016).
    case layer
  }

  /// Where a block's norms stand.
  public enum NormPlacement: String, Hashable, Sendable, Codable {
    /// On what a sublayer reads.
    case before
    /// On what a sublayer gives, before it is added to the residual stream (OLMo 2).
    case after
    /// On both (Gemma 2 and 3).
    case around
  }

  /// What queries and keys are normalised over, before they are rotated.
  public enum HeadNorm: String, Hashable, Sendable, Codable {
    /// They are not.
    case none
    /// Each head by itself (Qwen3, Gemma 3).
    case eachHead
    /// All heads of a position together (OLMo 2).
    case allHeads
  }

  /// The feed-forward layer's non-linearity.
  public enum Activation: String, Hashable, Sendable, Codable {
    /// `x / (1 + exp(-x))`
    case silu
    /// `x (1 + erf(x / sqrt 2)) / 2`
    case gelu
    /// `x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2`
    case geluTanh
    /// `max(x, 0)`
    case relu
  }

  /// Projections that add a bias.
  public struct Biases: OptionSet, Hashable, Sendable, Codable {
    /// The bits.
    public let rawValue: Int
    /// Biases by their bits.
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// Queries, keys and values.
    public static let queryKeyValue = Biases(rawValue: 1)
    /// The attention's output projection.
    public static let attentionOutput = Biases(rawValue: 2)
    /// Both, or all three, projections of the feed-forward layer.
    public static let feedForward = Biases(rawValue: 4)
    /// Every projection of a block.
    public static let all: Biases = [.queryKeyValue, .attentionOutput, .feedForward]
  }

  /// What every norm over the residual stream computes.
  public var norm = Norm.rms
  /// Where they stand.
  public var normPlacement = NormPlacement.before
  /// What queries and keys are normalised over.
  public var headNorm = HeadNorm.none
  /// The feed-forward layer's non-linearity.
  public var activation = Activation.silu
  /// Whether it acts on a gate that multiplies the up projection, instead of on the up projection itself.
  public var isGated = true
  /// Whether attention and feed-forward layer read the same residual stream, instead of one after the other (GPT-NeoX).
  public var isParallel = false
  /// Whether a learned vector is added for each position, instead of turning queries and keys (GPT-2).
  public var hasLearnedPositions = false
  /// Which projections add a bias.
  public var biases: Biases = []

  /// Llama's blocks.
  public init() {}

  /// The differences from Llama's blocks, written down.
  init(
    norm: Norm = .rms, placement: NormPlacement = .before, headNorm: HeadNorm = .none, activation: Activation = .silu,
    isGated: Bool = true, isParallel: Bool = false, hasLearnedPositions: Bool = false, biases: Biases = []
  ) {
    self.norm = norm
    normPlacement = placement
    self.headNorm = headNorm
    self.activation = activation
    self.isGated = isGated
    self.isParallel = isParallel
    self.hasLearnedPositions = hasLearnedPositions
    self.biases = biases
  }
}
