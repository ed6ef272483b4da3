/// Gemma 2 (Gemma Team 2024): norms around sublayers, capped scores and logits, a window in every other layer.
package enum Gemma2: FamilyDefinition {
  package static let architectures = ["Gemma2ForCausalLM"]
  package static let modelTypes = ["gemma2"]
  package static let keys = DecoderKeys.read.union(DecoderKeys.window).union([
    "hidden_activation", "query_pre_attn_scalar", "attn_logit_softcapping", "final_logit_softcapping",
    "use_bidirectional_attention",
  ])

  package static func configuration(from reader: ConfigurationReader) throws -> ModelConfiguration {
    var configuration = try reader.gemma(.gemma2, Architecture(norm: .zeroCentredRMS, placement: .around))
    configuration.scoreCap = try reader.number("attn_logit_softcapping")
    configuration.logitCap = try reader.number("final_logit_softcapping")
    configuration.slidingLayers = try reader.slidingLayers(configuration.layers) { $0 % 2 == 0 }
    return configuration
  }

  package static func parameters(of configuration: ModelConfiguration) -> [Parameter] {
    DecoderParameters.list(configuration, norms: gemmaNorms)
  }

  /// The names of a Gemma block's four norms.
  static let gemmaNorms = DecoderParameters.NormNames(
    attentionPost: "post_attention_layernorm", feedForward: "pre_feedforward_layernorm",
    feedForwardPost: "post_feedforward_layernorm")
}

extension ConfigurationReader {
  /// What Gemma 2 and 3 have in common; embeddings are tied where the file is silent, and heads 256 wide.
  func gemma(_ family: ModelFamily, _ architecture: Architecture) throws -> ModelConfiguration {
    for key in ["attention_bias", "mlp_bias", "use_bidirectional_attention"] {
      try refuse(key, unless: [.bool(false)], supported: "false")
    }
    var standard = architecture
    standard.activation = .geluTanh
    // Older files hold “hidden_act” too, which transformers does not read.
    var configuration = try decoder(family, standard, tied: true, activation: "hidden_activation")
    if try integer("head_dim") == nil { configuration.headSize = 256 }
    configuration.scoreScale = 1 / (try number("query_pre_attn_scalar") ?? 256).squareRoot()
    configuration.embeddingScale = Double(configuration.width).squareRoot()
    configuration.slidingWindow = try integer("sliding_window") ?? 4_096
    return configuration
  }
}
