import Foundation
import Testing
import Transformer

/// A `config.json` as Hugging Face writes it, with some keys changed; nil takes a key away.
private func configuration(_ changes: [String: Any?]) throws -> ModelConfiguration {
  var keys: [String: Any] = [
    "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 64, "intermediate_size": 160,
    "num_hidden_layers": 4, "num_attention_heads": 4, "num_key_value_heads": 2, "rms_norm_eps": 1e-5,
    "vocab_size": 512, "hidden_act": "silu", "attention_bias": false, "tie_word_embeddings": true,
    "rope_parameters": ["rope_theta": 500_000.0, "rope_type": "default"], "eos_token_id": [2, 3],
    "max_position_embeddings": 256, "torch_dtype": "bfloat16",
  ]
  for (key, value) in changes { keys[key] = value }
  let directory = try temporaryDirectory()
  let file = directory.appending(path: "config.json")
  try JSONSerialization.data(withJSONObject: keys).write(to: file)
  return try ModelConfiguration(contentsOf: file)
}

private func problem(_ changes: [String: Any?]) throws -> String {
  let error = #expect(throws: ConfigurationError.self) { try configuration(changes) }
  return try #require(error).description
}

@Suite("Model configuration")
struct ModelConfigurationTests {
  @Test("Sizes are read from the keys of config.json, and those that follow from others are worked out.")
  func sizes() throws {
    let c = try configuration([:])
    #expect(c.vocabularySize == 512 && c.width == 64 && c.layers == 4 && c.heads == 4 && c.keyValueHeads == 2)
    #expect(c.headSize == 16 && c.queryWidth == 64 && c.keyValueWidth == 32 && c.feedForwardWidth == 160)
    #expect(c.tiedEmbeddings && c.rotary == Rotary(base: 500_000) && c.endOfText == [2, 3])
    #expect(try configuration(["head_dim": 32]).queryWidth == 128)
    #expect(try configuration(["num_key_value_heads": nil as Any?]).keyValueHeads == 4)
  }

  @Test("Rotary settings mean the same under the keys of both versions of transformers.")
  func rotary() throws {
    let scaling: [String: Any] = [
      "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
      "original_max_position_embeddings": 32,
    ]
    let new = try configuration(["rope_parameters": scaling.merging(["rope_theta": 10_000.0]) { a, _ in a }])
    let old = try configuration(
      ["rope_parameters": nil as Any?, "rope_scaling": scaling, "rope_theta": 10_000.0])
    #expect(new == old)
    #expect(
      new.rotary.scaling
        == .llama3(factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalMaximumPositions: 32))
    let plain = try configuration(["rope_parameters": nil as Any?, "rope_theta": 10_000.0])
    #expect(plain.rotary == Rotary(base: 10_000))
  }

  @Test("Llama 3 scaling keeps high frequencies, divides low ones, and passes from one to the other without a step.")
  func frequencies() {
    let plain = Rotary(base: 10_000).frequencies(headSize: 64)
    let scaled = Rotary(
      base: 10_000,
      scaling: .llama3(factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalMaximumPositions: 1_024)
    ).frequencies(headSize: 64)
    let ratios = zip(plain, scaled).map { $0 / $1 }
    #expect(ratios.first == 1 && ratios.last == 8)
    #expect(zip(ratios, ratios.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(ratios.contains { $0 > 1 && $0 < 8 })
  }

  @Test(
    "A missing key is named with its file.",
    arguments: [
      "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "vocab_size", "rms_norm_eps",
    ])
  func missing(key: String) throws {
    let message = try problem([key: nil as Any?])
    #expect(message.contains("“\(key)”") && message.contains("config.json") && message.contains("missing"))
  }

  @Test("An unknown architecture is named, with those that are supported.")
  func architecture() throws {
    let message = try problem(["architectures": ["MambaForCausalLM"]])
    #expect(message.contains("MambaForCausalLM") && message.contains("LlamaForCausalLM"))
    #expect(try problem(["architectures": nil as Any?, "model_type": "mamba"]).contains("mamba"))
    #expect(try configuration(["architectures": nil as Any?]).family == .llama)
  }

  @Test("A key that asks for another computation is refused by name.")
  func unsupported() throws {
    let cases: [(String, Any)] = [
      ("hidden_act", "mish"), ("rope_scaling", ["rope_type": "yarn", "factor": 4.0]),
    ]
    for (key, value) in cases {
      let message = try problem(["rope_parameters": nil as Any?, "rope_theta": 1e4, key: value])
      #expect(message.contains(key) && message.contains("Supported"), "\(key): \(message)")
    }
    let inner: [String: Any] = ["rope_theta": 1e4, "rope_type": "linear", "factor": 2.0, "beta": 3]
    #expect(try problem(["rope_parameters": inner]).contains("rope_parameters.beta"))
  }

  @Test("A key that is not understood is an error, unless it is null, false, or known to change nothing.")
  func notUnderstood() throws {
    for (key, value) in [("sliding_window", 128 as Any), ("quantization_config", ["bits": 4]), ("mamba_state", 16)] {
      let message = try problem([key: value])
      #expect(message.contains(key) && message.contains("not understood"), "\(key): \(message)")
    }
    #expect(try configuration(["mamba_state": false, "attention_dropout": 0.1, "_name_or_path": "x"]).layers > 0)
  }

  @Test("Values of the wrong kind, and sizes that do not fit, are named.")
  func inconsistent() throws {
    #expect(try problem(["hidden_size": "large"]).contains("whole number"))
    #expect(try problem(["num_key_value_heads": 3]).contains("3 key-value heads"))
    #expect(try problem(["num_attention_heads": 0]).contains("the 0 heads"))
    #expect(try problem(["num_hidden_layers": -1]).contains("config.json"))
    #expect(try problem(["head_dim": 15]).contains("15 of each head's 15"))
  }

  @Test("A share of each head that is turned is more than 0, and at most 1.", arguments: [1e300, -1, 0, 1.5])
  func share(_ share: Double) throws {
    let phi: [String: Any] = ["model_type": "phi3", "architectures": ["Phi3ForCausalLM"]]
    let found = try problem(phi.merging(["partial_rotary_factor": share]) { _, new in new })
    #expect(found.contains("expected more than 0, and at most 1"), "\(found)")
  }

  @Test("A file that is absent, or no JSON object, is said to be so.")
  func unreadable() throws {
    let file = try temporaryDirectory().appending(path: "config.json")
    #expect(throws: ConfigurationError.unreadable(file: file.path, reason: "no such file")) {
      try ModelConfiguration(contentsOf: file)
    }
    for text in ["[1, 2]", "{\"hidden_size\": ", ""] {
      try Data(text.utf8).write(to: file)
      let error = #expect(throws: ConfigurationError.self) { try ModelConfiguration(contentsOf: file) }
      #expect(try #require(error).description.contains("expected a JSON object"))
    }
  }

  @Test("What is written as config.json is read back equal.")
  func roundTrip() throws {
    let file = try temporaryDirectory().appending(path: "config.json")
    let rotary = Rotary(
      base: 1e4,
      scaling: .llama3(factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalMaximumPositions: 64))
    let configuration = try ModelConfiguration(
      vocabularySize: 100, width: 48, layers: 3, heads: 3, keyValueHeads: 1, feedForwardWidth: 96, normEpsilon: 1e-6,
      rotary: rotary, tiedEmbeddings: false, maximumPositions: 128, beginningOfText: 1, endOfText: [2])
    try configuration.json(dtype: "bfloat16").write(to: file)
    #expect(try ModelConfiguration(contentsOf: file) == configuration)
  }

  @Test("The list of parameters has the names and shapes of a Hugging Face checkpoint.")
  func parameters() throws {
    let c = try configuration([:])
    #expect(c.parameters.count == 38 && c.parameterCount == 205_376)
    let key = c.parameters.first { $0.name == "model.layers.3.self_attn.k_proj.weight" }
    #expect(key?.shape == [32, 64] && key?.role == .key(layer: 3))
    #expect(try configuration(["tie_word_embeddings": false]).parameters.last?.name == "lm_head.weight")
  }
}
