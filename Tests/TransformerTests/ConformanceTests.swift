import Foundation
import Testing
import Transformer

/// Every family that the examiner has, against an independent implementation's activations.
@Suite(
  "Conformance",
  .enabled(
    if: Conformance.isPresent,
    "needs the checkpoints and results of an independent implementation in ../shared/conformance"))
struct ConformanceTests {
  /// How far float32 runs may be apart: both are within it of the float64 run.
  static let bound = 3e-5

  /// The golden tensors' names, and ours.
  static let hooks: [(golden: String, site: HookSite)] = [
    ("resid_pre", .residPre), ("resid_post", .residPost), ("attn_out", .attnModuleOut), ("mlp_out", .mlpModuleOut),
    ("pattern", .pattern),
  ]
  static let names = ["llama2", "llama3", "mistral", "qwen2", "qwen3", "gemma2", "gpt_neox", "gpt2"]

  static func files(_ name: String, _ weights: String) throws -> (model: Model, golden: Golden) {
    let directory = Conformance.directory.appending(path: name)
    let golden = weights == "bf16" ? "golden_bf16w_f32" : "golden_fp32"
    return (
      try Model.load(from: directory.appending(path: weights)),
      try Golden(directory.appending(path: "\(golden).safetensors"))
    )
  }

  @Test(
    "Logits and every captured hook agree with the independent run.", arguments: Self.names, ["fp32", "bf16"])
  func activations(name: String, weights: String) throws {
    let (model, golden) = try Self.files(name, weights)
    let prompts = try [golden.tokens("input_ids", 0), golden.tokens("input_ids", 1)]
    let forward = try model.forward(
      prompts, capture: Self.hooks.map { HookPattern($0.site) } + [HookPattern(.lnFinalNormalized)], logits: .all)
    for sequence in prompts.indices {
      func check(_ name: String, _ values: [Float]) throws {
        let difference = largestDifference(values.map(Double.init), try golden.slice(name, sequence))
        #expect(difference <= Self.bound, "\(name), sequence \(sequence): \(difference)")
      }
      for layer in 0..<model.configuration.layers {
        for (name, site) in Self.hooks {
          try check("\(name).\(layer)", forward.activation(HookPoint(site, layer: layer), sequence: sequence).values)
        }
      }
      try check("final_norm", forward.activation(HookPoint(.lnFinalNormalized), sequence: sequence).values)
      try check("logits", forward.logits(sequence: sequence).values)
    }
  }

  @Test("Greedy continuations have the same ids and logits.", arguments: Self.names, ["fp32", "bf16"])
  func greedy(name: String, weights: String) throws {
    let (model, golden) = try Self.files(name, weights)
    let prompt = try golden.tokens("greedy.prompt_ids", 0)
    let ids = try golden.tokens("greedy.ids", 0)
    let generated = try model.generate(
      prompts: [prompt], options: GenerationOptions(maxNewTokens: ids.count - prompt.count, keepsLogits: true)
    ).sequences[0]
    #expect(prompt + generated.tokens == ids)
    let difference = largestDifference(
      generated.logits.values.map(Double.init), try golden.values("greedy.step_logits"))
    #expect(difference <= Self.bound, "\(difference)")
  }

  @Test(
    "A row that the other implementation padded is matched without padding.", arguments: Self.names, ["fp32", "bf16"])
  func padded(name: String, weights: String) throws {
    let (model, golden) = try Self.files(name, weights)
    let mask = try golden.tokens("padded.attention_mask", 0)
    let padding = mask.firstIndex(of: 1) ?? 0
    #expect(padding == 7)
    let tokens = Array(try golden.tokens("padded.input_ids", 0)[padding...])
    let ours = try model.forward([tokens], logits: .all).logits(sequence: 0).values.map(Double.init)
    let theirs = try golden.slice("padded.logits", 0)
    let difference = largestDifference(ours, theirs[(padding * model.configuration.vocabularySize)...])
    #expect(difference <= Self.bound, "\(difference)")
  }

  @Test("Configurations in the older and the newer style are equal.", arguments: Self.names)
  func hubStyle(name: String) throws {
    let directory = Conformance.directory.appending(path: name)
    let new = try ModelConfiguration(contentsOf: directory.appending(path: "fp32/config.json"))
    let old = try ModelConfiguration(contentsOf: directory.appending(path: "hub_style/config.json"))
    // A window that no layer has is no difference.
    #expect(new == old, "\(new)\n\(old)")
  }

  @Test("The float64 reference agrees with an independent float64 run to 1e-9.", arguments: Self.names)
  func reference(name: String) throws {
    let directory = Conformance.directory.appending(path: name)
    let golden = try Golden(directory.appending(path: "golden_fp64.safetensors"))
    let reference = try ReferenceModel(
      configuration: ModelConfiguration(contentsOf: directory.appending(path: "fp32/config.json")),
      weights: Golden(directory.appending(path: "fp32/model.safetensors")).all)
    for sequence in 0..<2 {
      let output = try reference.forward(try golden.tokens("input_ids", sequence))
      func check(_ name: String, _ rows: [[Double]]) throws {
        let expected = try golden.slice(name, sequence)
        let scale = expected.reduce(0) { max($0, abs($1)) }
        let difference = largestDifference(rows.flatMap { $0 }, expected) / scale
        #expect(difference <= 1e-9, "\(name), sequence \(sequence): \(difference)")
      }
      for layer in 0..<reference.configuration.layers {
        let rows = try #require(output.activations[HookPoint(.residPost, layer: layer)])
        try check("resid_post.\(layer)", rows)
      }
      try check("logits", output.logits)
    }
  }
}
