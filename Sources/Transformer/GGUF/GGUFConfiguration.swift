import Tensor

/// What the metadata of a GGUF file say that its model computes.
struct GGUFConfiguration {
  let configuration: ModelConfiguration
  /// Every parameter with its name and place in such a file.
  let parameters: [Parameter]

  /// The architectures that are read, by their name under `general.architecture`.
  static let families: [String: ModelFamily] = [
    "llama": .llama, "qwen2": .qwen2, "qwen3": .qwen3, "gemma2": .gemma2, "phi3": .phi3, "gpt2": .gpt2,
  ]

  /// Keys below the architecture's name that are read.
  private static let read: Set<String> = [
    "context_length", "embedding_length", "block_count", "feed_forward_length", "attention.head_count",
    "attention.head_count_kv", "attention.key_length", "attention.value_length", "attention.layer_norm_rms_epsilon",
    "attention.layer_norm_epsilon", "attention.sliding_window", "rope.freq_base", "rope.dimension_count",
    "rope.scaling.type", "rope.scaling.factor", "rope.scaling.original_context_length", "rope.scaling.attn_factor",
    "attn_logit_softcapping", "final_logit_softcapping", "vocab_size",
  ]
  /// Keys that say how the file was made.
  private static let inert: Set<String> = ["rope.scaling.finetuned", "tensor_data_layout"]

  init(_ file: GGUFFile) throws {
    let name = try file.metadata.string("general.architecture")
    guard let family = Self.families[name] else {
      throw ConfigurationError.unknownArchitecture(
        file: file.path, found: "“\(name)”", supported: Self.families.keys.sorted().map { "\($0) (GGUF)" })
    }
    do {
      try self.init(file, name, family)
    } catch ConfigurationError.inconsistent(_, let problem) {
      throw ConfigurationError.inconsistent(file: file.path, problem: problem)
    }
  }

  private init(_ file: GGUFFile, _ name: String, _ family: ModelFamily) throws {
    let m = file.metadata
    for key in m.keys where key.hasPrefix("\(name).") {
      let rest = String(key.dropFirst(name.count + 1))
      guard Self.read.contains(rest) || Self.inert.contains(rest) else {
        throw ConfigurationError.notUnderstood(file: file.path, key: key, found: m[key].map { "\($0)" } ?? "")
      }
    }
    func integer(_ key: String) throws -> Int { try m.integer("\(name).\(key)") }
    func optional(_ key: String) throws -> Int? { try m.integer(ifPresent: "\(name).\(key)") }
    func number(_ key: String) throws -> Double? { try m.float(ifPresent: "\(name).\(key)") }

    let width = try integer("embedding_length")
    let heads = try integer("attention.head_count")
    let headSize = try optional("attention.key_length") ?? (heads > 0 ? width / heads : 0)
    if let values = try optional("attention.value_length"), values != headSize {
      throw ConfigurationError.inconsistent(
        file: file.path, problem: "keys have \(headSize) numbers and values \(values), which must be equal here")
    }
    var c = try ModelConfiguration(
      family: family, vocabularySize: try file.entry("token_embd.weight").shape.first ?? 0, width: width,
      layers: try integer("block_count"), heads: heads, keyValueHeads: try optional("attention.head_count_kv"),
      headSize: headSize, feedForwardWidth: try integer("feed_forward_length"),
      normEpsilon: try number("attention.layer_norm_rms_epsilon") ?? number("attention.layer_norm_epsilon") ?? 1e-5,
      rotary: Rotary(base: try number("rope.freq_base") ?? 10_000),
      tiedEmbeddings: !file.contains("output.weight"), maximumPositions: try optional("context_length") ?? 2_048,
      beginningOfText: try m.integer(ifPresent: "tokenizer.ggml.bos_token_id"),
      endOfText: try m.integer(ifPresent: "tokenizer.ggml.eos_token_id").map { [$0] } ?? [])
    if let turned = try optional("rope.dimension_count"), turned < headSize {
      c.rotary.share = Double(turned) / Double(headSize)
    }
    c.rotary.scaling = try Self.scaling(file, name, c)
    if let window = try optional("attention.sliding_window"), window > 0 {
      c.slidingWindow = window
      c.slidingLayers = (0..<c.layers).map { family != .gemma2 || $0 % 2 == 0 }
    }
    Self.describe(&c, file)
    c.scoreCap = try number("attn_logit_softcapping")
    c.logitCap = try number("final_logit_softcapping")
    try c.check()
    // Before a list is made of what each layer should have.
    guard c.layers <= file.entries.count else {
      throw ConfigurationError.inconsistent(
        file: file.path, problem: "“\(name).block_count” is \(c.layers), but the file has \(file.entries.count) tensors"
      )
    }
    configuration = c
    parameters = GGUFParameters.list(c)
  }

  /// What the architecture's name implies.
  private static func describe(_ c: inout ModelConfiguration, _ file: GGUFFile) {
    switch c.family {
    case .qwen2: c.architecture = Architecture(biases: .queryKeyValue)
    case .qwen3: c.architecture = Architecture(headNorm: .eachHead)
    case .gemma2:
      // The file's norm weights have their 1 already.
      c.architecture = Architecture(norm: .rms, placement: .around, activation: .geluTanh)
      c.embeddingScale = Double(c.width).squareRoot()
      // The file does not hold the scale of scores; of the published sizes only the largest differs from its heads'.
      if c.layers == 46 { c.scoreScale = 1 / (Double(c.width) / Double(c.heads)).squareRoot() }
    case .gpt2:
      c.architecture = Architecture(
        norm: .layer, activation: .geluTanh, isGated: false, hasLearnedPositions: true, biases: .all)
    default:
      if file.contains("blk.0.attn_q.bias") { c.architecture.biases = .queryKeyValue }
    }
  }

  private static func scaling(
    _ file: GGUFFile, _ name: String, _ c: ModelConfiguration
  ) throws -> Rotary.Scaling {
    let m = file.metadata
    func factors(_ tensor: String) throws -> [Double] { try file.tensor(tensor).values.map(Double.init) }
    if file.contains("rope_factors_long.weight") || file.contains("rope_factors_short.weight") {
      return .longRope(
        Rotary.LongRope(
          short: try factors("rope_factors_short.weight"), long: try factors("rope_factors_long.weight"),
          originalMaximumPositions: try m.integer(ifPresent: "\(name).rope.scaling.original_context_length")
            ?? c.maximumPositions,
          attentionFactor: try m.float(ifPresent: "\(name).rope.scaling.attn_factor") ?? 1))
    }
    // Llama 3.1's frequencies come worked out.
    if file.contains("rope_freqs.weight") {
      let divisors = try factors("rope_freqs.weight")
      return .longRope(
        Rotary.LongRope(
          short: divisors, long: divisors, originalMaximumPositions: c.maximumPositions, attentionFactor: 1))
    }
    switch try m.string(ifPresent: "\(name).rope.scaling.type") ?? "none" {
    case "none": return .none
    case "linear": return .linear(factor: try m.float("\(name).rope.scaling.factor"))
    case let other:
      throw ConfigurationError.unsupported(
        file: file.path, key: "\(name).rope.scaling.type", found: "“\(other)”", supported: "none, linear")
    }
  }
}
