/// Llama 2 and 3 and their many derivatives (Touvron et al. 2023; Dubey et al. 2024), SmolLM among them.
package enum Llama: FamilyDefinition {
  package static let architectures = ["LlamaForCausalLM"]
  package static let modelTypes = ["llama"]
  package static let keys = DecoderKeys.read

  package static func configuration(from reader: ConfigurationReader) throws -> ModelConfiguration {
    var biases: Architecture.Biases = []
    if try reader.bool("attention_bias") ?? false { biases.formUnion([.queryKeyValue, .attentionOutput]) }
    if try reader.bool("mlp_bias") ?? false { biases.insert(.feedForward) }
    return try reader.decoder(.llama, Architecture(biases: biases))
  }

  package static func parameters(of configuration: ModelConfiguration) -> [Parameter] {
    DecoderParameters.list(configuration)
  }
}
