/// Gemma 3's text models (Gemma Team 2025): Gemma 2 with norms on heads instead of caps, and windows in five layers of
/// six, whose positions have a base of their own.
package enum Gemma3: FamilyDefinition {
  package static let architectures = ["Gemma3ForCausalLM"]
  package static let modelTypes = ["gemma3_text"]
  package static let keys = Gemma2.keys.union([
    "rope_local_base_freq", "sliding_window_pattern", "_sliding_window_pattern",
  ])

  package static func configuration(from reader: ConfigurationReader) throws -> ModelConfiguration {
    let architecture = Architecture(norm: .zeroCentredRMS, placement: .around, headNorm: .eachHead)
    var configuration = try reader.gemma(.gemma3, architecture)
    // A cap of scores may stand in the file, but transformers does not apply it in this family.
    configuration.logitCap = try reader.number("final_logit_softcapping")
    let pattern = try reader.integer("sliding_window_pattern") ?? reader.integer("_sliding_window_pattern") ?? 6
    configuration.slidingLayers = try reader.slidingLayers(configuration.layers) { ($0 + 1) % max(1, pattern) != 0 }
    // Since version 5 of transformers the two kinds of layers have an object each.
    if let both = try reader.object("rope_parameters"), let local = try both.object("sliding_attention") {
      configuration.localRotary = try Rotary(parameters: local)
      configuration.rotary = try Rotary(
        parameters: try both.object("full_attention") ?? local)
    } else {
      configuration.localRotary = Rotary(base: try reader.number("rope_local_base_freq") ?? 10_000)
      if reader.value("rope_theta") == nil, reader.value("rope_parameters") == nil {
        configuration.rotary.base = 1_000_000
      }
    }
    return configuration
  }

  package static func parameters(of configuration: ModelConfiguration) -> [Parameter] {
    DecoderParameters.list(configuration, norms: Gemma2.gemmaNorms)
  }
}
