/// A family of architectures that share tensor names and block layout. A new one is a case here and a file beside this.
public enum ModelFamily: String, Hashable, Sendable, Codable, CaseIterable {
  /// RMSNorm, rotary positions, grouped-query attention, SwiGLU: `LlamaForCausalLM`.
  case llama
  /// Llama with a window: `MistralForCausalLM`.
  case mistral
  /// Llama with biases on queries, keys and values: `Qwen2ForCausalLM`.
  case qwen2
  /// Llama with norms on each head's queries and keys: `Qwen3ForCausalLM`.
  case qwen3
  /// Norms around sublayers, capped scores and logits, alternating windows: `Gemma2ForCausalLM`.
  case gemma2
  /// Norms around sublayers and on heads, five windows to one whole layer: `Gemma3ForCausalLM`.
  case gemma3
  /// Llama with fused projections and LongRoPE: `Phi3ForCausalLM`.
  case phi3
  /// Norms behind sublayers and on all heads together: `Olmo2ForCausalLM`.
  case olmo2
  /// LayerNorm, partial rotary positions, parallel sublayers: `GPTNeoXForCausalLM` (Pythia).
  case gptNeoX = "gpt_neox"
  /// LayerNorm, learned positions, transposed weights: `GPT2LMHeadModel`.
  case gpt2

  package var definition: any FamilyDefinition.Type {
    switch self {
    case .llama: Llama.self
    case .mistral: Mistral.self
    case .qwen2: Qwen2.self
    case .qwen3: Qwen3.self
    case .gemma2: Gemma2.self
    case .gemma3: Gemma3.self
    case .phi3: Phi3.self
    case .olmo2: OLMo2.self
    case .gptNeoX: GPTNeoX.self
    case .gpt2: GPT2.self
    }
  }

  /// The names in `architectures` that the engine reads.
  public static var architectures: [String] { allCases.flatMap { $0.definition.architectures } }

  /// The family that a `config.json` names under `architectures`, or failing that under `model_type`.
  package static func named(in reader: ConfigurationReader) throws -> ModelFamily {
    let names = try reader.strings("architectures") ?? []
    if let family = allCases.first(where: { family in names.contains(where: family.definition.architectures.contains) })
    {
      return family
    }
    let type = try reader.string("model_type")
    if names.isEmpty {
      guard let type else {
        throw ConfigurationError.missingKey(
          file: reader.file, key: "architectures", meaning: "which kind of model this is, as a list of one name")
      }
      if let family = allCases.first(where: { $0.definition.modelTypes.contains(type) }) { return family }
    }
    throw ConfigurationError.unknownArchitecture(
      file: reader.file, found: names.first ?? type ?? "", supported: architectures)
  }

  /// Reads a configuration of this family, and refuses every key that it does not understand.
  package func configuration(from reader: ConfigurationReader) throws -> ModelConfiguration {
    try reader.requireUnderstood(definition.keys)
    return try definition.configuration(from: reader)
  }
}

/// What one architecture family must say of itself.
package protocol FamilyDefinition: Sendable {
  /// Class names under `architectures` in `config.json`.
  static var architectures: [String] { get }
  /// Names under `model_type`, for files without `architectures`.
  static var modelTypes: [String] { get }
  /// The keys of `config.json` that this family reads, or refuses unless they say what it does anyway.
  static var keys: Set<String> { get }
  /// Reads a configuration; refuses values that ask for something else than this engine computes.
  static func configuration(from reader: ConfigurationReader) throws -> ModelConfiguration
  /// All parameters, with their tensors' names on disk.
  static func parameters(of configuration: ModelConfiguration) -> [Parameter]
  /// What tensors' names begin with in some checkpoints and not in others.
  static var optionalPrefix: String? { get }
}

extension FamilyDefinition {
  package static var optionalPrefix: String? { nil }
}
