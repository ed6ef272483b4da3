/// GPT-NeoX and Pythia (Black et al. 2022; Biderman et al. 2023): LayerNorm, biases everywhere, rotary positions in the
/// first quarter of each head, and attention beside the feed-forward layer rather than before it.
package enum GPTNeoX: FamilyDefinition {
  package static let architectures = ["GPTNeoXForCausalLM"]
  package static let modelTypes = ["gpt_neox"]
  package static let keys: Set<String> = [
    "hidden_size", "num_attention_heads", "vocab_size", "num_hidden_layers", "intermediate_size", "layer_norm_eps",
    "layer_norm_epsilon", "hidden_act", "rotary_pct", "rotary_emb_base", "rope_theta", "rope_scaling",
    "rope_parameters", "tie_word_embeddings", "max_position_embeddings", "bos_token_id", "eos_token_id",
    "attention_bias", "use_parallel_residual", "partial_rotary_factor",
  ]

  package static func configuration(from reader: ConfigurationReader) throws -> ModelConfiguration {
    let width = try reader.integer("hidden_size", meaning: "width of the residual stream")
    let heads = try reader.integer("num_attention_heads", meaning: "heads per layer")
    var rotary = try Rotary(from: reader, base: "rotary_emb_base")
    if let share = try reader.number("rotary_pct") {
      rotary.share = share
    } else if try reader.object("rope_parameters")?.number("partial_rotary_factor") == nil,
      try reader.number("partial_rotary_factor") == nil
    {
      rotary.share = 0.25
    }
    var configuration = try ModelConfiguration(
      family: .gptNeoX, vocabularySize: try reader.integer("vocab_size", meaning: "number of token ids"), width: width,
      layers: try reader.integer("num_hidden_layers", meaning: "number of blocks"), heads: heads,
      headSize: try reader.even(width, over: heads),
      feedForwardWidth: try reader.integer("intermediate_size", meaning: "width of the feed-forward layer"),
      normEpsilon: try reader.number("layer_norm_eps") ?? reader.number("layer_norm_epsilon") ?? 1e-5, rotary: rotary,
      tiedEmbeddings: try reader.bool("tie_word_embeddings") ?? false,
      maximumPositions: try reader.integer("max_position_embeddings") ?? 2_048,
      beginningOfText: try reader.integer("bos_token_id"), endOfText: try reader.integers("eos_token_id") ?? [])
    let hasAttentionBias = try reader.bool("attention_bias") ?? true
    configuration.architecture = Architecture(
      norm: .layer, activation: try reader.activation("hidden_act") ?? .gelu, isGated: false,
      isParallel: try reader.bool("use_parallel_residual") ?? true,
      biases: hasAttentionBias ? .all : .feedForward)
    return configuration
  }

  package static func parameters(of c: ModelConfiguration) -> [Parameter] {
    var all = [Parameter(name: "gpt_neox.embed_in.weight", shape: [c.vocabularySize, c.width], role: .embedding)]
    func add(_ name: String, _ shape: [Int], _ role: Parameter.Role, bias: Bool = true, place: Parameter.Place = .whole)
    {
      all.append(Parameter(name: "\(name).weight", shape: shape, role: role, place: place))
      if bias {
        all.append(Parameter(name: "\(name).bias", shape: [shape[0]], role: .bias(of: role), place: place))
      }
    }
    let biases = c.architecture.biases
    for layer in 0..<c.layers {
      let block = "gpt_neox.layers.\(layer)"
      add("\(block).input_layernorm", [c.width], .attentionNorm(layer: layer))
      // Each head's queries, keys and values lie together, head after head.
      for (part, role) in [
        Parameter.Role.query(layer: layer), .key(layer: layer), .value(layer: layer),
      ].enumerated() {
        let rows = (0..<c.heads).map { head in
          let begin = (3 * head + part) * c.headSize
          return begin..<begin + c.headSize
        }
        add(
          "\(block).attention.query_key_value", [c.queryWidth, c.width], role, bias: biases.contains(.queryKeyValue),
          place: .rows(rows, of: 3 * c.queryWidth))
      }
      add(
        "\(block).attention.dense", [c.width, c.queryWidth], .attentionOutput(layer: layer),
        bias: biases.contains(.attentionOutput))
      add("\(block).post_attention_layernorm", [c.width], .feedForwardNorm(layer: layer))
      add("\(block).mlp.dense_h_to_4h", [c.feedForwardWidth, c.width], .up(layer: layer))
      add("\(block).mlp.dense_4h_to_h", [c.width, c.feedForwardWidth], .down(layer: layer))
    }
    add("gpt_neox.final_layer_norm", [c.width], .finalNorm)
    if !c.tiedEmbeddings { add("embed_out", [c.vocabularySize, c.width], .unembedding, bias: false) }
    return all
  }
}
