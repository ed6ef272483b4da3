/// Phi-3 and Phi-4-mini (Abdin et al. 2024): Llama with fused projections, a window, and LongRoPE.
package enum Phi3: FamilyDefinition {
  package static let architectures = ["Phi3ForCausalLM"]
  package static let modelTypes = ["phi3"]
  package static let keys = DecoderKeys.read.union(DecoderKeys.window).union(["original_max_position_embeddings"])

  package static func configuration(from reader: ConfigurationReader) throws -> ModelConfiguration {
    for key in ["attention_bias", "mlp_bias"] { try reader.refuse(key, unless: [.bool(false)], supported: "false") }
    var configuration = try reader.decoder(.phi3, Architecture())
    configuration.slidingWindow = try reader.integer("sliding_window")
    configuration.slidingLayers = try reader.slidingLayers(configuration.layers) { _ in true }
    return configuration
  }

  package static func parameters(of configuration: ModelConfiguration) -> [Parameter] {
    DecoderParameters.list(configuration, isFused: true)
  }
}
