/// A family of architectures that share tensor names and block layout. A new one is a case here and a file beside this.
public enum ModelFamily: String, Hashable, Sendable, Codable, CaseIterable {
  /// RMSNorm, rotary positions, grouped-query attention, SwiGLU: `LlamaForCausalLM`.
  case llama

  package var definition: any FamilyDefinition.Type {
    switch self {
    case .llama: Llama.self
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
}

/// What one architecture family must say of itself.
package protocol FamilyDefinition: Sendable {
  /// Class names under `architectures` in `config.json`.
  static var architectures: [String] { get }
  /// Names under `model_type`, for files without `architectures`.
  static var modelTypes: [String] { get }
  /// Reads a configuration, and refuses every key that asks for something else than this engine computes.
  static func configuration(from reader: ConfigurationReader) throws -> ModelConfiguration
  /// All tensors, with their names on disk.
  static func parameters(of configuration: ModelConfiguration) -> [Parameter]
  /// The `config.json` that transformers reads.
  static func json(of configuration: ModelConfiguration, dtype: String) -> JSONValue
}
