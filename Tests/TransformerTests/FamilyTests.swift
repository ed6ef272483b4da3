import Foundation
import Tensor
import Testing
import Transformer

/// Every family on tiny checkpoints, against what Hugging Face's own code computes from them in float64 and float32.
@Suite("Families")
struct FamilyTests {
  static let variants = [
    "llama3", "llama-bias", "mistral", "qwen2", "qwen2-window", "qwen3", "gemma2", "gemma3", "phi3",
    "phi3-longrope-short", "phi3-longrope-long", "phi3-partial", "olmo2", "gpt-neox", "gpt-neox-sequential", "gpt2",
    "gpt2-bare",
  ]

  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/checkpoints")

  /// The golden tensors' names, and ours.
  static let hooks: [(golden: String, site: HookSite)] = [
    ("resid_pre", .residPre), ("resid_mid", .residMid), ("resid_post", .residPost), ("attn_out", .attnModuleOut),
    ("mlp_out", .mlpModuleOut), ("pattern", .pattern),
  ]

  private func model(_ name: String) throws -> Model { try Model.load(from: Self.folder.appending(path: name)) }

  private func golden(_ name: String) throws -> Golden {
    try Golden(Self.folder.appending(path: "\(name)/golden.safetensors"))
  }

  private func prompts(_ golden: Golden) throws -> [[Int]] {
    try (0..<2).map { try golden.values("input_ids.\($0)").map { Int($0) } }
  }

  @Test("Both styles of configuration mean the same model.", arguments: variants)
  func configurations(name: String) throws {
    let folder = Self.folder.appending(path: name)
    let old = folder.appending(path: "config.old.json")
    let new = try ModelConfiguration(contentsOf: folder.appending(path: "config.json"))
    #expect(try ModelConfiguration(contentsOf: old) == new)
  }

  @Test("Logits are no further from the float64 run than twice as far as the other float32 run.", arguments: variants)
  func logits(name: String) throws {
    let golden = try golden(name)
    let forward = try model(name).forward(prompts(golden), logits: .all)
    let floor = try golden.values("f32.max_error")[0]
    for sequence in 0..<2 {
      let ours = try forward.logits(sequence: sequence).values.map(Double.init)
      let difference = largestDifference(ours, try golden.values("f64.logits.\(sequence)"))
      #expect(difference <= 2 * floor, "sequence \(sequence): \(difference), theirs \(floor)")
    }
  }

  @Test("Every hook agrees with the float64 run.", arguments: variants)
  func hooks(name: String) throws {
    let (golden, model) = (try golden(name), try model(name))
    let sites = Self.hooks.filter { $0.site.exists(in: model.configuration) }
    let forward = try model.forward(
      [try prompts(golden)[1]], capture: sites.map { HookPattern($0.site) } + [HookPattern(.lnFinalNormalized)])
    func check(_ name: String, _ point: HookPoint) throws {
      let expected = try golden.values("f64.\(name).1")
      let scale = max(1, expected.reduce(0) { max($0, abs($1)) })
      let ours = try forward.activation(point, sequence: 0).values.map(Double.init)
      let difference = largestDifference(ours, expected) / scale
      #expect(difference <= 1e-5, "\(name): \(difference)")
    }
    for layer in 0..<model.configuration.layers {
      for (name, site) in sites { try check("\(name).\(layer)", HookPoint(site, layer: layer)) }
    }
    try check("final_norm", HookPoint(.lnFinalNormalized))
  }

  @Test("The float64 reference agrees with the other float64 run to 1e-9, tensor by tensor.", arguments: variants)
  func reference(name: String) throws {
    let golden = try golden(name)
    let reference = try ReferenceModel(contentsOf: Self.folder.appending(path: name))
    for (sequence, tokens) in try prompts(golden).enumerated() {
      let output = try reference.forward(tokens)
      func check(_ name: String, _ values: [Double]) throws {
        let expected = try golden.values("f64.\(name).\(sequence)")
        let scale = expected.reduce(0) { max($0, abs($1)) }
        let difference = largestDifference(values, expected) / scale
        #expect(difference <= 1e-9, "\(name), sequence \(sequence): \(difference)")
      }
      try check("logits", output.logits.flatMap { $0 })
      guard sequence == 1 else { continue }
      for layer in 0..<reference.configuration.layers {
        for (name, site) in Self.hooks {
          guard let rows = output.activations[HookPoint(site, layer: layer)] else { continue }
          try check("\(name).\(layer)", rows.flatMap { $0 })
        }
        try check("pattern.\(layer)", output.patterns[layer].flatMap { $0.flatMap { $0 } })
      }
      try check("final_norm", try #require(output.activations[HookPoint(.lnFinalNormalized)]).flatMap { $0 })
    }
  }

  @Test(
    "Greedy continuations have the same ids, also where a text outgrows LongRoPE's first length.", arguments: variants)
  func greedy(name: String) throws {
    let golden = try golden(name)
    let expected = try (0..<2).map { try golden.values("greedy.\($0)").map { Int($0) } }
    let generated = try model(name).generate(
      prompts: prompts(golden), options: GenerationOptions(maxNewTokens: expected[0].count))
    #expect(generated.sequences.map(\.tokens) == expected)
  }

  @Test("Batch, threads, kernel path and cache change no bit.", arguments: variants)
  func bits(name: String) throws {
    let (golden, model) = (try golden(name), try model(name))
    let both = try prompts(golden)
    let capture = HookSite.all(in: model.configuration).map { HookPattern($0) }
    let batch = try model.forward(both, capture: capture, logits: .all)
    for (index, tokens) in both.enumerated() {
      let alone = try withThreads(1) { try model.forward([tokens], capture: capture, logits: .all) }
      let difference = firstDifference(
        try batch.bits(model.configuration, sequence: index), try alone.bits(model.configuration, sequence: 0))
      #expect(difference == nil, "\(difference ?? "")")
    }
    for other in KernelPath.supported {
      let again = try other.during { try model.forward(both, capture: capture, logits: .all) }
      let difference = firstDifference(
        try batch.bits(model.configuration, sequence: 1), try again.bits(model.configuration, sequence: 1))
      #expect(difference == nil, "\(other): \(difference ?? "")")
    }
    // A step with a cache gives what a run over the whole text gives.
    let generated = try model.generate(
      prompts: both, options: GenerationOptions(maxNewTokens: 6, keepsLogits: true)
    ).sequences
    for (prompt, sequence) in zip(both, generated) {
      for step in 0..<sequence.tokens.count {
        let whole = try model.forward([prompt + sequence.tokens.prefix(step)], logits: .last)
        let width = model.configuration.vocabularySize
        let row = sequence.logits.values[step * width..<(step + 1) * width]
        #expect(row.map(\.bitPattern) == (try whole.logits(sequence: 0).values.map(\.bitPattern)), "step \(step)")
      }
    }
  }

  @Test("Logits made afterwards from the last norm have the same bits.", arguments: ["gemma2", "gpt2"])
  func afterwards(name: String) throws {
    let (golden, model) = (try golden(name), try model(name))
    let tokens = try prompts(golden)[0]
    let forward = try model.forward([tokens], capture: [HookPattern(.lnFinalNormalized)], logits: .all)
    let made = model.logits(ofNormalized: try forward.activation(HookPoint(.lnFinalNormalized), sequence: 0))
    #expect(try forward.logits(sequence: 0) == made)
  }

  @Test("Each site fires, and changing it changes what comes out.", arguments: variants)
  func sites(name: String) throws {
    let (golden, model) = (try golden(name), try model(name))
    let tokens = try prompts(golden)[1]
    let base = try model.forward([tokens]).logits(sequence: 0).values
    for site in HookSite.all(in: model.configuration) {
      let captured = try model.forward([tokens], capture: [HookPattern(site)])
      let values = try captured.activation(HookPoint(site, layer: 0), sequence: 0).values
      #expect(values.contains { $0 != 0 }, "\(site)")
      let changed = try model.forward(
        [tokens], interventions: [Intervention(at: [HookPattern(site)], operation: .scale(1.5))])
      #expect(try changed.logits(sequence: 0).values != base, "\(site)")
      #expect(changed.interventions[0].changed > 0, "\(site)")
    }
  }

  @Test("Weights that cannot write along a direction do what its ablation does, to rounding.", arguments: variants)
  func orthogonalised(name: String) throws {
    let (golden, model) = (try golden(name), try model(name))
    let tokens = try prompts(golden)
    let direction = Fixture.vector(model.configuration.width)
    guard model.configuration.architecture.normPlacement == .before else {
      #expect(throws: OrthogonalisationError.self) { try model.orthogonalised(against: direction) }
      return
    }
    let edited = try model.orthogonalised(against: direction)
    let ablated = try model.forward(tokens, interventions: [.directionalAblation(direction)], logits: .all)
    let written = try edited.forward(tokens, capture: [HookPattern(.residPost)], logits: .all)
    let plain = try model.forward(tokens, logits: .all)
    for sequence in tokens.indices {
      func values(_ forward: Forward) throws -> [Double] {
        try forward.logits(sequence: sequence).values.map(Double.init)
      }
      let change = largestDifference(try values(ablated), try values(plain))
      #expect(largestDifference(try values(written), try values(ablated)) < 1e-3 * change + 1e-5)
    }
    #expect(edited.digest != model.digest)

    // The same as a checkpoint: every bit of what it computes, and files that any reader finds complete.
    let folder = FileManager.default.temporaryDirectory.appending(path: "orthogonalised-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let checkpoint = try Checkpoint(directory: Self.folder.appending(path: name))
    try checkpoint.write(orthogonalisedAgainst: direction, to: folder)
    let stored = try Model.load(from: folder).forward(tokens, logits: .all)
    for sequence in tokens.indices {
      #expect(try stored.logits(sequence: sequence) == edited.forward(tokens, logits: .all).logits(sequence: sequence))
    }
    #expect(FileManager.default.fileExists(atPath: folder.appending(path: "config.old.json").path))
    #expect(throws: CheckpointError.self) { try checkpoint.write(orthogonalisedAgainst: direction, to: folder) }
    #expect(throws: OrthogonalisationError.noDirection) { try model.orthogonalised(against: direction.map { _ in 0 }) }
    #expect(throws: OrthogonalisationError.self) { try model.orthogonalised(against: [1]) }
  }

  @Test("A site that an architecture lacks is an error that lists those it has.")
  func absent() throws {
    let model = try model("gpt-neox")
    #expect(throws: HookError.self) { try model.forward([[1, 2]], capture: [HookPattern(.residMid)]) }
    let linear = try HookPattern("blocks.0.mlp.hook_pre_linear")
    #expect(throws: HookError.self) { try model.forward([[1, 2]], capture: [linear]) }
  }
}
