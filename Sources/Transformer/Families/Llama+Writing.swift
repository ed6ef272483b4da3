import Foundation

extension ModelConfiguration {
  /// Writes a plain Llama's configuration as a `config.json` that Hugging Face transformers reads.
  ///
  /// - Parameter dtype: the type that the weights are stored in, as transformers names it: `float32` or `bfloat16`.
  /// - Throws: ``ConfigurationError/inconsistent(file:problem:)`` for any other architecture, which is only ever read.
  public func json(dtype: String) throws -> Data {
    guard isPlainLlama else {
      throw ConfigurationError.inconsistent(
        file: "config.json",
        problem: "only a plain Llama can be written, and this is a \(family.rawValue) of another kind"
      )
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(Llama.json(of: self, dtype: dtype))
  }
}

extension Llama {
  fileprivate static func json(of c: ModelConfiguration, dtype: String) -> JSONValue {
    var rope: [String: JSONValue] = ["rope_theta": .number(c.rotary.base), "rope_type": .string("default")]
    switch c.rotary.scaling {
    case .none, .longRope: break
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
