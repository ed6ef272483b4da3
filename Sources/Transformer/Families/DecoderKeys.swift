/// What the configurations of Llama and its many relatives have in common.
enum DecoderKeys {
  /// Read by ``ConfigurationReader/decoder(_:_:tied:activation:)``.
  static let read: Set<String> = [
    "hidden_size", "num_attention_heads", "num_key_value_heads", "head_dim", "vocab_size", "num_hidden_layers",
    "intermediate_size", "rms_norm_eps", "hidden_act", "rope_theta", "rope_scaling", "rope_parameters",
    "tie_word_embeddings", "max_position_embeddings", "bos_token_id", "eos_token_id", "attention_bias", "mlp_bias",
    "partial_rotary_factor",
  ]
  /// Those of layers with a window.
  static let window: Set<String> = ["sliding_window", "layer_types"]
}

extension ConfigurationReader {
  /// Reads a decoder that uses Llama's names; what a family does differently is set afterwards.
  ///
  /// - Parameters:
  ///   - tied: whether embeddings are tied where the file does not say.
  ///   - activation: the key of the feed-forward layer's activation.
  func decoder(
    _ family: ModelFamily, _ architecture: Architecture, tied: Bool = false, activation key: String = "hidden_act"
  ) throws -> ModelConfiguration {
    let width = try integer("hidden_size", meaning: "width of the residual stream")
    let heads = try integer("num_attention_heads", meaning: "query heads per layer")
    var configuration = try ModelConfiguration(
      family: family,
      vocabularySize: try integer("vocab_size", meaning: "number of token ids"),
      width: width,
      layers: try integer("num_hidden_layers", meaning: "number of blocks"),
      heads: heads,
      keyValueHeads: try integer("num_key_value_heads"),
      headSize: try integer("head_dim") ?? even(width, over: heads),
      feedForwardWidth: try integer("intermediate_size", meaning: "width of the feed-forward layer"),
      normEpsilon: try number("rms_norm_eps", meaning: "added to the mean square in RMSNorm"),
      rotary: try Rotary(from: self),
      tiedEmbeddings: try bool("tie_word_embeddings") ?? tied,
      maximumPositions: try integer("max_position_embeddings") ?? 2_048,
      beginningOfText: try integers("bos_token_id")?.first,
      endOfText: try integers("eos_token_id") ?? [])
    configuration.architecture = architecture
    configuration.architecture.activation = try self.activation(key) ?? architecture.activation
    return configuration
  }

  /// A head's size where the file does not give it.
  func even(_ width: Int, over heads: Int) throws -> Int {
    guard heads > 0, width % heads == 0 else {
      throw ConfigurationError.inconsistent(
        file: file, problem: "the width \(width) does not divide by the \(heads) heads, and there is no head_dim")
    }
    return width / heads
  }

  /// The activation that a key names, by transformers' names.
  func activation(_ key: String) throws -> Architecture.Activation? {
    guard let name = try string(key) else { return nil }
    switch name {
    case "silu", "swish": return .silu
    case "gelu": return .gelu
    case "gelu_new", "gelu_pytorch_tanh", "gelu_fast": return .geluTanh
    case "relu": return .relu
    default:
      throw unsupported(key, .string(name), "silu, gelu, gelu_new, gelu_pytorch_tanh, relu")
    }
  }

  /// Which layers have a window: what `layer_types` says, or else what the family does.
  func slidingLayers(_ layers: Int, otherwise rule: (Int) -> Bool) throws -> [Bool] {
    guard let kinds = try strings("layer_types") else { return (0..<layers).map(rule) }
    let known = ["full_attention": false, "sliding_attention": true]
    return try kinds.map { kind in
      guard let isSliding = known[kind] else {
        throw unsupported("layer_types", .string(kind), known.keys.sorted().joined(separator: ", "))
      }
      return isSliding
    }
  }

  /// Refuses every key that is neither understood nor known to change no computation.
  func requireUnderstood(_ understood: Set<String>) throws {
    for key in keys where !understood.contains(key) && !InertKeys.contain(key) {
      guard let value = value(key), value != .bool(false) else { continue }
      throw ConfigurationError.notUnderstood(file: file, key: key, found: value.description)
    }
  }
}

/// Keys of `config.json` that say nothing about what is computed here: training, sampling, bookkeeping.
enum InertKeys {
  private static let names: Set<String> = [
    "architectures", "model_type", "torch_dtype", "dtype", "transformers_version", "use_cache", "auto_map",
    "initializer_range", "pretraining_tp", "pad_token_id", "sep_token_id", "unk_token_id", "cls_token_id",
    "mask_token_id", "decoder_start_token_id", "attention_dropout", "hidden_dropout", "hidden_dropout_prob",
    "attention_probs_dropout_prob", "classifier_dropout", "resid_pdrop", "embd_pdrop", "attn_pdrop", "embd_layer_drop",
    "is_decoder", "is_encoder_decoder", "output_attentions", "output_hidden_states", "return_dict", "torchscript",
    "id2label", "label2id", "problem_type", "finetuning_task", "task_specific_params", "tokenizer_class", "prefix",
    "chunk_size_feed_forward", "gradient_checkpointing", "cache_implementation", "attn_implementation", "n_ctx",
    "reorder_and_upcast_attn", "name_or_path", "language", "license", "unsloth_fixed", "unsloth_version", "rope_type",
    "early_stopping", "num_beams", "num_beam_groups", "num_return_sequences", "temperature", "top_k", "top_p",
    "typical_p", "do_sample", "min_length", "max_length", "length_penalty", "repetition_penalty", "diversity_penalty",
    "no_repeat_ngram_size", "encoder_no_repeat_ngram_size", "bad_words_ids", "forced_bos_token_id",
    "forced_eos_token_id", "suppress_tokens", "begin_suppress_tokens", "remove_invalid_values",
    "exponential_decay_length_penalty", "output_scores", "return_dict_in_generate", "pruned_heads",
    "tie_encoder_decoder", "tf_legacy_loss", "use_bfloat16", "use_flash_attn", "experts_implementation",
  ]

  static func contain(_ key: String) -> Bool {
    key.hasPrefix("_") || key.hasPrefix("summary_") || names.contains(key)
  }
}
