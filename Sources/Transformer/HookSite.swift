/// A place in the network whose activations can be read, and mostly also changed. Names are TransformerLens's.
///
/// `hook_attn_out` and `hook_mlp_out` are what is added to the residual stream, behind a norm where a family has one
/// there; `attn.hook_out` and `mlp.hook_out` are what the modules themselves give.
public enum HookSite: String, Hashable, Sendable, Codable, CaseIterable {
  /// `[d_model]`: the embedding of each token.
  case embed = "hook_embed"
  /// `[d_model]`: what is added for each position, where positions are learned.
  case posEmbed = "hook_pos_embed"
  /// `[d_model]`: the residual stream that a block reads.
  case residPre = "hook_resid_pre"
  /// `[1]`: `sqrt(mean(x^2) + epsilon)`, of a LayerNorm `sqrt(variance + epsilon)`, of the norm before attention.
  case ln1Scale = "ln1.hook_scale"
  /// `[d_model]`: the output of the norm before attention, weight applied: what queries, keys and values are made of.
  case ln1Normalized = "ln1.hook_normalized"
  /// `[heads, d_head]`: queries before rotation.
  case q = "attn.hook_q"
  /// `[kv_heads, d_head]`: keys before rotation.
  case k = "attn.hook_k"
  /// `[kv_heads, d_head]`: values.
  case v = "attn.hook_v"
  /// `[heads, d_head]`: queries after rotation.
  case rotQ = "attn.hook_rot_q"
  /// `[kv_heads, d_head]`: keys after rotation.
  case rotK = "attn.hook_rot_k"
  /// `[heads, query, key]` per sequence: scaled scores; minus infinity where the key lies ahead of the query.
  case attnScores = "attn.hook_attn_scores"
  /// `[heads, query, key]` per sequence: the soft-max of the scores over keys.
  case pattern = "attn.hook_pattern"
  /// `[heads, d_head]`: values mixed by the pattern, before the output projection.
  case z = "attn.hook_z"
  /// `[heads, d_model]`: what each head's part of the output projection gives, before the bias; their sum is
  /// `attn.hook_out` to rounding. Computed only where it is asked for.
  case result = "attn.hook_result"
  /// `[d_model]`: what the attention's output projection gives, before a norm behind it.
  case attnModuleOut = "attn.hook_out"
  /// `[1]`: the scale of the norm behind attention.
  case ln1PostScale = "ln1_post.hook_scale"
  /// `[d_model]`: the output of the norm behind attention.
  case ln1PostNormalized = "ln1_post.hook_normalized"
  /// `[d_model]`: what attention adds to the residual stream.
  case attnOut = "hook_attn_out"
  /// `[d_model]`: the residual stream between attention and the feed-forward layer.
  case residMid = "hook_resid_mid"
  /// `[1]`: `sqrt(mean(x^2) + epsilon)` of the norm before the feed-forward layer.
  case ln2Scale = "ln2.hook_scale"
  /// `[d_model]`: the output of the norm before the feed-forward layer, weight applied.
  case ln2Normalized = "ln2.hook_normalized"
  /// `[d_mlp]`: what the activation acts on: the gate, or, where there is none, the up projection.
  case mlpPre = "mlp.hook_pre"
  /// `[d_mlp]`: the linear branch that the gate multiplies.
  case mlpPreLinear = "mlp.hook_pre_linear"
  /// `[d_mlp]`: `activation(pre) * pre_linear`, or `activation(pre)`, before the down projection.
  case mlpPost = "mlp.hook_post"
  /// `[d_model]`: what the down projection gives, before a norm behind it.
  case mlpModuleOut = "mlp.hook_out"
  /// `[1]`: the scale of the norm behind the feed-forward layer.
  case ln2PostScale = "ln2_post.hook_scale"
  /// `[d_model]`: the output of the norm behind the feed-forward layer.
  case ln2PostNormalized = "ln2_post.hook_normalized"
  /// `[d_model]`: what the feed-forward layer adds to the residual stream.
  case mlpOut = "hook_mlp_out"
  /// `[d_model]`: the residual stream that leaves a block.
  case residPost = "hook_resid_post"
  /// `[1]`: `sqrt(mean(x^2) + epsilon)` of the last norm.
  case lnFinalScale = "ln_final.hook_scale"
  /// `[d_model]`: the output of the last norm, weight applied: what the unembedding reads.
  case lnFinalNormalized = "ln_final.hook_normalized"

  /// Whether there is one in every block, rather than one in the model.
  public var isPerLayer: Bool {
    switch self {
    case .embed, .posEmbed, .lnFinalScale, .lnFinalNormalized: false
    default: true
    }
  }

  /// Whether a block's keys and values are made of it, so that later positions of the same block read it.
  var isReadByLaterPositions: Bool {
    switch self {
    case .residPre, .ln1Scale, .ln1Normalized, .k, .v, .rotK: true
    default: false
    }
  }

  /// Whether it lies behind the last block.
  public var isBehindBlocks: Bool { self == .lnFinalScale || self == .lnFinalNormalized }

  /// Whether a model has it.
  public func exists(in configuration: ModelConfiguration) -> Bool {
    let architecture = configuration.architecture
    return switch self {
    case .posEmbed: architecture.hasLearnedPositions
    case .rotQ, .rotK: !architecture.hasLearnedPositions
    case .ln1Scale, .ln1Normalized, .ln2Scale, .ln2Normalized: architecture.normPlacement != .after
    case .ln1PostScale, .ln1PostNormalized, .ln2PostScale, .ln2PostNormalized: architecture.normPlacement != .before
    case .residMid: !architecture.isParallel
    case .mlpPreLinear: architecture.isGated
    default: true
    }
  }

  /// The sites that a model has, in the order in which a run meets them.
  public static func all(in configuration: ModelConfiguration) -> [HookSite] {
    allCases.filter { $0.exists(in: configuration) }
  }

  /// Whether it is the scale of a norm.
  public var isScale: Bool {
    switch self {
    case .ln1Scale, .ln1PostScale, .ln2Scale, .ln2PostScale, .lnFinalScale: true
    default: false
    }
  }

  /// Names that the TransformerBridge of TransformerLens 3 and later gives to the same places.
  static let bridgeNames: [String: HookSite] = [
    "embed.hook_out": .embed, "pos_embed.hook_out": .posEmbed, "hook_in": .residPre, "ln1.hook_out": .ln1Normalized,
    "attn.q.hook_out": .q, "attn.k.hook_out": .k, "attn.v.hook_out": .v, "attn.o.hook_in": .z,
    "attn.o.hook_out": .attnModuleOut, "ln2.hook_in": .residMid, "ln2.hook_out": .ln2Normalized,
    "mlp.gate.hook_out": .mlpPre, "mlp.out.hook_in": .mlpPost, "mlp.out.hook_out": .mlpModuleOut,
    "hook_out": .residPost, "ln_final.hook_out": .lnFinalNormalized, "unembed.hook_in": .lnFinalNormalized,
  ]

  /// Whether it relates positions to each other: `[heads, query, key]`, rather than a row for each position.
  public var isPairwise: Bool { self == .attnScores || self == .pattern }

  /// The name without `hook_`, `attn.` and `mlp.`: `resid_post`, `z`, `ln1.scale`. `mlp.hook_pre` and `mlp.hook_post`
  /// keep their prefix in the form `mlp_pre`, `mlp_post`; the modules' outputs are `attn.out` and `mlp.out`.
  public var shortName: String {
    switch self {
    case .mlpPre: "mlp_pre"
    case .mlpPreLinear: "mlp_pre_linear"
    case .mlpPost: "mlp_post"
    case .attnModuleOut: "attn.out"
    case .mlpModuleOut: "mlp.out"
    default:
      (rawValue.hasPrefix("attn.") ? String(rawValue.dropFirst(5)) : rawValue)
        .replacing("hook_", with: "")
    }
  }

  /// The shape of one position's value in a model: `[d_model]`, `[heads, d_head]`, ... For pairwise sites `[heads]`,
  /// one number for each key.
  public func shape(in configuration: ModelConfiguration) -> [Int] {
    switch self {
    case .embed, .posEmbed, .residPre, .residMid, .residPost, .attnModuleOut, .attnOut, .mlpModuleOut, .mlpOut,
      .ln1Normalized, .ln1PostNormalized, .ln2Normalized, .ln2PostNormalized, .lnFinalNormalized:
      [configuration.width]
    case .ln1Scale, .ln1PostScale, .ln2Scale, .ln2PostScale, .lnFinalScale: [1]
    case .q, .rotQ, .z: [configuration.heads, configuration.headSize]
    case .result: [configuration.heads, configuration.width]
    case .k, .v, .rotK: [configuration.keyValueHeads, configuration.headSize]
    case .attnScores, .pattern: [configuration.heads]
    case .mlpPre, .mlpPreLinear, .mlpPost: [configuration.feedForwardWidth]
    }
  }

  /// How many numbers one position has: the product of ``shape(in:)``.
  public func width(in configuration: ModelConfiguration) -> Int {
    shape(in: configuration).reduce(1, *)
  }
}
