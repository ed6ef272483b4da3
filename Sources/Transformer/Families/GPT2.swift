/// GPT-2 (Radford et al. 2019): LayerNorm, learned positions, and weights stored `[inputs, outputs]`.
package enum GPT2: FamilyDefinition {
  package static let architectures = ["GPT2LMHeadModel"]
  package static let modelTypes = ["gpt2"]
  /// The checkpoints that OpenAI published have no prefix; those that transformers writes have it.
  package static let optionalPrefix: String? = "transformer."
  package static let keys: Set<String> = [
    "n_embd", "n_head", "n_layer", "n_positions", "n_inner", "vocab_size", "layer_norm_epsilon", "activation_function",
    "scale_attn_weights", "scale_attn_by_inverse_layer_idx", "tie_word_embeddings", "bos_token_id", "eos_token_id",
    "add_cross_attention",
  ]

  package static func configuration(from reader: ConfigurationReader) throws -> ModelConfiguration {
    try reader.refuse("scale_attn_weights", unless: [.bool(true)], supported: "true")
    for key in ["scale_attn_by_inverse_layer_idx", "add_cross_attention"] {
      try reader.refuse(key, unless: [.bool(false)], supported: "false")
    }
    let width = try reader.integer("n_embd", meaning: "width of the residual stream")
    let heads = try reader.integer("n_head", meaning: "heads per layer")
    var configuration = try ModelConfiguration(
      family: .gpt2, vocabularySize: try reader.integer("vocab_size", meaning: "number of token ids"), width: width,
      layers: try reader.integer("n_layer", meaning: "number of blocks"), heads: heads,
      headSize: try reader.even(width, over: heads),
      feedForwardWidth: try reader.integer("n_inner") ?? 4 * width,
      normEpsilon: try reader.number("layer_norm_epsilon") ?? 1e-5,
      tiedEmbeddings: try reader.bool("tie_word_embeddings") ?? true,
      maximumPositions: try reader.integer("n_positions") ?? 1_024,
      beginningOfText: try reader.integer("bos_token_id"), endOfText: try reader.integers("eos_token_id") ?? [])
    configuration.architecture = Architecture(
      norm: .layer, activation: try reader.activation("activation_function") ?? .geluTanh, isGated: false,
      hasLearnedPositions: true, biases: .all)
    return configuration
  }

  package static func parameters(of c: ModelConfiguration) -> [Parameter] {
    var all = [
      Parameter(name: "transformer.wte.weight", shape: [c.vocabularySize, c.width], role: .embedding),
      Parameter(name: "transformer.wpe.weight", shape: [c.maximumPositions, c.width], role: .positionEmbedding),
    ]
    func addNorm(_ name: String, _ role: Parameter.Role) {
      all.append(Parameter(name: "transformer.\(name).weight", shape: [c.width], role: role))
      all.append(Parameter(name: "transformer.\(name).bias", shape: [c.width], role: .bias(of: role)))
    }
    func add(_ name: String, _ shape: [Int], _ role: Parameter.Role, columns: (Range<Int>, of: Int)? = nil) {
      all.append(
        Parameter(
          name: "transformer.\(name).weight", shape: shape, role: role,
          place: columns.map { .columns([$0.0], of: $0.of) } ?? .transposed))
      all.append(
        Parameter(
          name: "transformer.\(name).bias", shape: [shape[0]], role: .bias(of: role),
          place: columns.map { .rows([$0.0], of: $0.of) } ?? .whole))
    }
    for layer in 0..<c.layers {
      addNorm("h.\(layer).ln_1", .attentionNorm(layer: layer))
      for (part, role) in [
        Parameter.Role.query(layer: layer), .key(layer: layer), .value(layer: layer),
      ].enumerated() {
        add(
          "h.\(layer).attn.c_attn", [c.width, c.width], role,
          columns: (part * c.width..<(part + 1) * c.width, of: 3 * c.width))
      }
      add("h.\(layer).attn.c_proj", [c.width, c.width], .attentionOutput(layer: layer))
      addNorm("h.\(layer).ln_2", .feedForwardNorm(layer: layer))
      add("h.\(layer).mlp.c_fc", [c.feedForwardWidth, c.width], .up(layer: layer))
      add("h.\(layer).mlp.c_proj", [c.width, c.feedForwardWidth], .down(layer: layer))
    }
    addNorm("ln_f", .finalNorm)
    if !c.tiedEmbeddings {
      all.append(Parameter(name: "lm_head.weight", shape: [c.vocabularySize, c.width], role: .unembedding))
    }
    return all
  }
}
