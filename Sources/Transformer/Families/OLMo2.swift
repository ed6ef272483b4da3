/// OLMo 2 (OLMo Team 2024): norms behind sublayers instead of before them, and over all heads' queries and keys together.
package enum OLMo2: FamilyDefinition {
  package static let architectures = ["Olmo2ForCausalLM"]
  package static let modelTypes = ["olmo2"]
  package static let keys = DecoderKeys.read

  package static func configuration(from reader: ConfigurationReader) throws -> ModelConfiguration {
    try reader.refuse("mlp_bias", unless: [.bool(false)], supported: "false")
    let hasBias = try reader.bool("attention_bias") ?? false
    return try reader.decoder(
      .olmo2,
      Architecture(
        placement: .after, headNorm: .allHeads, biases: hasBias ? [.queryKeyValue, .attentionOutput] : []))
  }

  package static func parameters(of configuration: ModelConfiguration) -> [Parameter] {
    DecoderParameters.list(
      configuration,
      norms: DecoderParameters.NormNames(
        attention: nil, attentionPost: "post_attention_layernorm", feedForward: nil,
        feedForwardPost: "post_feedforward_layernorm"))
  }
}
