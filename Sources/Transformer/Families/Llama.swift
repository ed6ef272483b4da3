/// Llama 2 and 3 and their many derivatives (Touvron et al. 2023; Dubey et al. 2024).
package enum Llama: FamilyDefinition {
  package static let architectures = ["LlamaForCausalLM"]
  package static let modelTypes = ["llama"]

  package static func configuration(from reader: ConfigurationReader) throws -> ModelConfiguration {
    for key in ["attention_bias", "mlp_bias"] {
      try reader.refuse(key, unless: [.bool(false)], supported: "false")
    }
    try reader.refuse("hidden_act", unless: [.string("silu"), .string("swish")], supported: "silu")
    for key in ["sliding_window", "quantization_config", "attn_logit_softcapping", "final_logit_softcapping"] {
      try reader.refuse(key, unless: [.bool(false)], supported: "null, or no such key")
    }
    try reader.refuse("partial_rotary_factor", unless: [.integer(1), .number(1)], supported: "1")
    if let kinds = try reader.strings("layer_types"), let other = kinds.first(where: { $0 != "full_attention" }) {
      throw reader.unsupported("layer_types", .string(other), "full_attention")
    }

    let width = try reader.integer("hidden_size", meaning: "width of the residual stream")
    let heads = try reader.integer("num_attention_heads", meaning: "query heads per layer")
    let headSize: Int
    if let size = try reader.integer("head_dim") {
      headSize = size
    } else {
      guard heads > 0, width % heads == 0 else {
        throw ConfigurationError.inconsistent(
          file: reader.file,
          problem: "hidden_size \(width) does not divide by num_attention_heads \(heads), and there is no head_dim")
      }
      headSize = width / heads
    }
    return try ModelConfiguration(
      vocabularySize: try reader.integer("vocab_size", meaning: "number of token ids"),
      width: width,
      layers: try reader.integer("num_hidden_layers", meaning: "number of blocks"),
      heads: heads,
      keyValueHeads: try reader.integer("num_key_value_heads"),
      headSize: headSize,
      feedForwardWidth: try reader.integer("intermediate_size", meaning: "width of the feed-forward layer"),
      normEpsilon: try reader.number("rms_norm_eps", meaning: "added to the mean square in RMSNorm"),
      rotary: try Rotary(from: reader),
      tiedEmbeddings: try reader.bool("tie_word_embeddings") ?? false,
      maximumPositions: try reader.integer("max_position_embeddings") ?? 2_048,
      beginningOfText: try reader.integer("bos_token_id"),
      endOfText: try reader.integers("eos_token_id") ?? [])
  }

  package static func parameters(of c: ModelConfiguration) -> [Parameter] {
    var all = [Parameter(name: "model.embed_tokens.weight", shape: [c.vocabularySize, c.width], role: .embedding)]
    for layer in 0..<c.layers {
      func add(_ name: String, _ shape: [Int], _ role: Parameter.Role) {
        all.append(Parameter(name: "model.layers.\(layer).\(name).weight", shape: shape, role: role))
      }
      add("input_layernorm", [c.width], .attentionNorm(layer: layer))
      add("self_attn.q_proj", [c.queryWidth, c.width], .query(layer: layer))
      add("self_attn.k_proj", [c.keyValueWidth, c.width], .key(layer: layer))
      add("self_attn.v_proj", [c.keyValueWidth, c.width], .value(layer: layer))
      add("self_attn.o_proj", [c.width, c.queryWidth], .attentionOutput(layer: layer))
      add("post_attention_layernorm", [c.width], .feedForwardNorm(layer: layer))
      add("mlp.gate_proj", [c.feedForwardWidth, c.width], .gate(layer: layer))
      add("mlp.up_proj", [c.feedForwardWidth, c.width], .up(layer: layer))
      add("mlp.down_proj", [c.width, c.feedForwardWidth], .down(layer: layer))
    }
    all.append(Parameter(name: "model.norm.weight", shape: [c.width], role: .finalNorm))
    if !c.tiedEmbeddings {
      all.append(Parameter(name: "lm_head.weight", shape: [c.vocabularySize, c.width], role: .unembedding))
    }
    return all
  }

  package static func json(of c: ModelConfiguration, dtype: String) -> JSONValue {
    var rope: [String: JSONValue] = ["rope_theta": .number(c.rotary.base), "rope_type": .string("default")]
    switch c.rotary.scaling {
    case .none: break
    case .linear(let factor):
      rope["rope_type"] = .string("linear")
      rope["factor"] = .number(factor)
    case .llama3(let factor, let low, let high, let original):
      rope["rope_type"] = .string("llama3")
      rope["factor"] = .number(factor)
      rope["low_freq_factor"] = .number(low)
      rope["high_freq_factor"] = .number(high)
      rope["original_max_position_embeddings"] = .integer(Int(original))
    }
    var object: [String: JSONValue] = [
      "architectures": .array([.string("LlamaForCausalLM")]),
      "model_type": .string("llama"),
      "vocab_size": .integer(c.vocabularySize),
      "hidden_size": .integer(c.width),
      "num_hidden_layers": .integer(c.layers),
      "num_attention_heads": .integer(c.heads),
      "num_key_value_heads": .integer(c.keyValueHeads),
      "head_dim": .integer(c.headSize),
      "intermediate_size": .integer(c.feedForwardWidth),
      "rms_norm_eps": .number(c.normEpsilon),
      "hidden_act": .string("silu"),
      "attention_bias": .bool(false),
      "mlp_bias": .bool(false),
      "tie_word_embeddings": .bool(c.tiedEmbeddings),
      "max_position_embeddings": .integer(c.maximumPositions),
      "rope_parameters": .object(rope),
      // Read by versions of transformers before 5.
      "rope_theta": .number(c.rotary.base),
      "dtype": .string(dtype),
      "torch_dtype": .string(dtype),
    ]
    if let id = c.beginningOfText { object["bos_token_id"] = .integer(id) }
    if let id = c.endOfText.first {
      object["eos_token_id"] = c.endOfText.count == 1 ? .integer(id) : .array(c.endOfText.map { .integer($0) })
    }
    return .object(object)
  }
}
