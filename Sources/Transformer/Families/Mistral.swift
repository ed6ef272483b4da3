/// Mistral 7B (Jiang et al. 2023): Llama whose layers may all have a window.
package enum Mistral: FamilyDefinition {
  package static let architectures = ["MistralForCausalLM"]
  package static let modelTypes = ["mistral"]
  package static let keys = DecoderKeys.read.union(DecoderKeys.window)

  package static func configuration(from reader: ConfigurationReader) throws -> ModelConfiguration {
    for key in ["attention_bias", "mlp_bias"] { try reader.refuse(key, unless: [.bool(false)], supported: "false") }
    var configuration = try reader.decoder(.mistral, Architecture())
    configuration.slidingWindow = try reader.integer("sliding_window")
    configuration.slidingLayers = try reader.slidingLayers(configuration.layers) { _ in true }
    return configuration
  }

  package static func parameters(of configuration: ModelConfiguration) -> [Parameter] {
    DecoderParameters.list(configuration)
  }
}
