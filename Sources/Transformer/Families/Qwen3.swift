/// Qwen3 (Yang et al. 2025): heads of a size of their own, with a norm on each one's queries and keys.
package enum Qwen3: FamilyDefinition {
  package static let architectures = ["Qwen3ForCausalLM"]
  package static let modelTypes = ["qwen3"]
  package static let keys = Qwen2.keys

  package static func configuration(from reader: ConfigurationReader) throws -> ModelConfiguration {
    try reader.refuse("mlp_bias", unless: [.bool(false)], supported: "false")
    let hasBias = try reader.bool("attention_bias") ?? false
    let architecture = Architecture(headNorm: .eachHead, biases: hasBias ? [.queryKeyValue, .attentionOutput] : [])
    var configuration = try reader.decoder(.qwen3, architecture)
    // Its class has 128 where the file is silent, whatever the width.
    if try reader.integer("head_dim") == nil { configuration.headSize = 128 }
    try reader.readQwenWindow(into: &configuration)
    return configuration
  }

  package static func parameters(of configuration: ModelConfiguration) -> [Parameter] {
    DecoderParameters.list(configuration)
  }
}
