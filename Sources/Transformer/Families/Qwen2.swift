/// Qwen2 and 2.5 (Yang et al. 2024): Llama with biases on queries, keys and values.
package enum Qwen2: FamilyDefinition {
  package static let architectures = ["Qwen2ForCausalLM"]
  package static let modelTypes = ["qwen2"]
  package static let keys = DecoderKeys.read.union(DecoderKeys.window).union([
    "use_sliding_window", "max_window_layers",
  ])

  package static func configuration(from reader: ConfigurationReader) throws -> ModelConfiguration {
    try reader.refuse("mlp_bias", unless: [.bool(false)], supported: "false")
    var configuration = try reader.decoder(.qwen2, Architecture(biases: .queryKeyValue))
    try reader.readQwenWindow(into: &configuration)
    return configuration
  }

  package static func parameters(of configuration: ModelConfiguration) -> [Parameter] {
    DecoderParameters.list(configuration)
  }
}

extension ConfigurationReader {
  /// A window in the layers from `max_window_layers` on, where `use_sliding_window` asks for it.
  func readQwenWindow(into configuration: inout ModelConfiguration) throws {
    guard try bool("use_sliding_window") ?? false else { return }
    configuration.slidingWindow = try integer("sliding_window")
    let first = try integer("max_window_layers") ?? 28
    configuration.slidingLayers = try slidingLayers(configuration.layers) { $0 >= first }
  }
}
