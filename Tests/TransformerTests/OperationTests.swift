import Foundation
import Tensor
import Testing
import Transformer

@Suite("Operations of interventions")
struct OperationTests {
  let prompts = Fixture.prompts(4)

  private func run(
    _ model: Model, _ interventions: [Intervention], capture: [HookPoint] = []
  ) throws -> Forward {
    try model.forward(prompts, capture: capture.map { HookPattern($0) }, interventions: interventions, logits: .all)
  }

  @Test("Heads and neurons that are named change, and the others keep their bits.")
  func components() throws {
    let model = try Fixture.model()
    let size = model.configuration.headSize
    let z = HookPoint(.z, layer: 1)
    let plain = try run(model, [], capture: [z])
    let changed = try run(
      model, [Intervention(at: z, components: .heads([2]), operation: .scale(-2))], capture: [z])
    let (before, after) = (
      try plain.activation(z, sequence: 2).values, try changed.activation(z, sequence: 2).values
    )
    for i in before.indices {
      #expect(after[i] == ((i / size) % 4 == 2 ? -2 * before[i] : before[i]))
    }
    let post = HookPoint(.mlpPost, layer: 0)
    let zeroed = try run(
      model, [Intervention(at: post, components: .neurons([5, 70]), operation: .mean([3, 4]))], capture: [post])
    let width = model.configuration.feedForwardWidth
    let neurons = try zeroed.activation(post, sequence: 1).values
    let own = try run(model, [], capture: [post]).activation(post, sequence: 1).values
    for i in neurons.indices { #expect(neurons[i] == [5: 3, 70: 4][i % width] ?? own[i]) }
  }

  @Test("Direction, mean and replacement of one head use that head's part, given alone or within the whole.")
  func vectorsOfHeads() throws {
    let model = try Fixture.model()
    let c = model.configuration
    let z = HookPoint(.z, layer: 2)
    let whole = Fixture.vector(c.queryWidth)
    let part = Array(whole[c.headSize..<2 * c.headSize])
    let makers: [([Float]) -> Intervention.Operation] = [
      { .mean($0) }, { .add($0, scale: 2) }, { .ablate($0) },
    ]
    for make in makers {
      let one = try run(model, [Intervention(at: z, components: .heads([1]), operation: make(whole))])
      let other = try run(model, [Intervention(at: z, components: .heads([1]), operation: make(part))])
      #expect(try one.logits(sequence: 1) == other.logits(sequence: 1))
    }
  }

  @Test("What is removed and what is projected on a subspace add up, and rank one is the ablation of a direction.")
  func subspaces() throws {
    let model = try Fixture.model()
    let hook = HookPoint(.residPost, layer: 1)
    let vectors = (0..<3).map { Fixture.vector(model.configuration.width, "basis \($0)") }
    let subspace = try Subspace(spannedBy: vectors)
    for (i, a) in subspace.basis.enumerated() {
      for (j, b) in subspace.basis.enumerated() {
        let product = zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(product - (i == j ? 1 : 0)) < 1e-14)
      }
    }
    let plain = try run(model, [], capture: [hook]).activation(hook, sequence: 2).values
    let kept = try run(model, [Intervention(at: hook, operation: .project(subspace))], capture: [hook])
      .activation(hook, sequence: 2).values
    let rest = try run(model, [Intervention(at: hook, operation: .remove(subspace))], capture: [hook])
      .activation(hook, sequence: 2).values
    for i in plain.indices { #expect(abs(kept[i] + rest[i] - plain[i]) < 1e-5) }
    let line = try Subspace(spannedBy: [vectors[0]])
    let removed = try run(model, [Intervention(at: hook, operation: .remove(line))]).logits(sequence: 3).values
    let ablated = try run(model, [Intervention(at: hook, operation: .ablate(vectors[0]))]).logits(sequence: 3).values
    #expect(zip(removed, ablated).allSatisfy { abs($0 - $1) < 1e-4 })
    #expect(throws: SubspaceError.dependent(index: 1)) {
      try Subspace(spannedBy: [vectors[0], vectors[0].map { 2 * $0 }])
    }
    #expect(throws: SubspaceError.empty) { try Subspace(spannedBy: []) }
  }

  @Test("Rotation takes the subspace from the other run and leaves the rest; in the whole space it is replacement.")
  func rotation() throws {
    let model = try Fixture.model()
    let width = model.configuration.width
    let hook = HookPoint(.residPre, layer: 2)
    let others = prompts.map { Array($0.reversed()) }
    let other = try model.forward(others, capture: [HookPattern(hook)])
    let subspace = try Subspace(spannedBy: (0..<2).map { Fixture.vector(width, "basis \($0)") })
    let plain = try run(model, [], capture: [hook]).activation(hook, sequence: 2).values.map(Double.init)
    let source = try other.activation(hook, sequence: 2).values.map(Double.init)
    let mixed = try run(
      model, [Intervention(at: hook, operation: .rotate(subspace, from: other.activations))], capture: [hook]
    ).activation(hook, sequence: 2).values.map(Double.init)
    for row in stride(from: 0, to: plain.count, by: width) {
      for direction in subspace.basis {
        func along(_ x: [Double]) -> Double { (0..<width).reduce(0) { $0 + x[row + $1] * direction[$1] } }
        #expect(abs(along(mixed) - along(source)) < 1e-5)
      }
      // Across the subspace nothing moved.
      let moved = (0..<width).map { mixed[row + $0] - plain[row + $0] }
      let outside = subspace.basis.reduce(moved) { x, direction in
        let share = (0..<width).reduce(0) { $0 + x[$1] * direction[$1] }
        return (0..<width).map { x[$0] - share * direction[$0] }
      }
      #expect(outside.allSatisfy { abs($0) < 1e-5 })
    }
    let everything = try Subspace(
      spannedBy: (0..<width).map { i in (0..<width).map { $0 == i ? 1 : 0 } })
    let whole = try run(model, [Intervention(at: hook, operation: .rotate(everything, from: other.activations))])
    let replaced = try run(model, [Intervention(at: hook, operation: .replace(from: other.activations))])
    let difference = zip(
      try whole.logits(sequence: 2).values, try replaced.logits(sequence: 2).values
    ).reduce(0) { max($0, abs($1.0 - $1.1)) }
    #expect(difference < 1e-4)
  }

  @Test("A key that is knocked out has no weight, and the query's pattern still sums to one; other heads stay.")
  func knockout() throws {
    let model = try Fixture.model()
    let pattern = HookPoint(.pattern, layer: 1)
    let tokens = prompts[2]
    let cut = Intervention.knockout(
      queries: .indices([[tokens.count - 1]]), keys: .indices([[1, 3]]), layers: .one(1), heads: .heads([0, 3]))
    let plain = try model.forward([tokens], capture: [HookPattern(pattern)])
    let changed = try model.forward([tokens], capture: [HookPattern(pattern)], interventions: [cut])
    let (before, after) = (try plain.activation(pattern, sequence: 0), try changed.activation(pattern, sequence: 0))
    let n = tokens.count
    for head in 0..<4 {
      for query in 0..<n {
        let rows = [before, after].map { tensor in (0..<n).map { tensor.values[(head * n + query) * n + $0] } }
        guard query == n - 1, head == 0 || head == 3 else {
          #expect(rows[0] == rows[1])
          continue
        }
        #expect(rows[1][1] == 0 && rows[1][3] == 0)
        #expect(abs(rows[1].reduce(0, +) - 1) < 1e-6)
        // The others keep their proportions.
        #expect(abs(rows[1][0] / rows[1][2] - rows[0][0] / rows[0][2]) < 1e-4 * abs(rows[0][0] / rows[0][2]))
      }
    }
    #expect(changed.interventions[0].fired == 1)
    #expect(try changed.logits(sequence: 0) != plain.logits(sequence: 0))
  }

  @Test("A task token that no later query sees any more has no say in the last logits.")
  func unseen() throws {
    let model = try Fixture.model()
    var tokens = prompts[2]
    let queries = Array(4..<tokens.count)
    let cut = Intervention.knockout(queries: .indices([queries]), keys: .indices([[3]]))
    let first = try model.forward([tokens], interventions: [cut]).logits(sequence: 0)
    tokens[3] = (tokens[3] + 1) % 61
    #expect(try model.forward([tokens], interventions: [cut]).logits(sequence: 0) == first)
    #expect(try model.forward([tokens]).logits(sequence: 0) != model.forward([prompts[2]]).logits(sequence: 0))
  }

  @Test("The heads' results add up to what attention gives, and removing one removes its part.")
  func results() throws {
    let model = try Fixture.model()
    let c = model.configuration
    let (result, out) = (HookPoint(.result, layer: 1), HookPoint(.attnModuleOut, layer: 1))
    let plain = try run(model, [], capture: [result, out])
    let parts = try plain.activation(result, sequence: 2)
    let whole = try plain.activation(out, sequence: 2)
    #expect(parts.shape == [prompts[2].count, c.heads, c.width])
    let removed = try run(
      model, [Intervention(at: result, components: .heads([3]), operation: .zero)], capture: [out]
    ).activation(out, sequence: 2)
    for row in 0..<prompts[2].count {
      for i in 0..<c.width {
        let heads = (0..<c.heads).map { parts[row, $0, i] }
        #expect(abs(heads.reduce(0, +) - whole[row, i]) < 1e-5)
        #expect(abs(whole[row, i] - heads[3] - removed[row, i]) < 1e-5)
      }
    }
    let byValue = try run(model, [Intervention(at: HookPoint(.z, layer: 1), components: .heads([3]), operation: .zero)])
    let byResult = try run(model, [Intervention(at: result, components: .heads([3]), operation: .zero)])
    let difference = zip(
      try byValue.logits(sequence: 2).values, try byResult.logits(sequence: 2).values
    ).reduce(0) { max($0, abs($1.0 - $1.1)) }
    #expect(difference < 1e-4)
  }

  @Test("A norm's scale that is set makes the norm divide by it.")
  func scales() throws {
    let model = try Fixture.model()
    let (scale, normalized) = (HookPoint(.ln2Scale, layer: 1), HookPoint(.ln2Normalized, layer: 1))
    let plain = try run(model, [], capture: [scale, normalized])
    let doubled = try run(model, [Intervention(at: scale, operation: .scale(2))], capture: [scale, normalized])
    let (before, after) = (
      try plain.activation(normalized, sequence: 2).values, try doubled.activation(normalized, sequence: 2).values
    )
    #expect(zip(before, after).allSatisfy { abs($0 - 2 * $1) <= 1e-6 * max(1, abs($0)) })
    let scales = (try plain.activation(scale, sequence: 2).values, try doubled.activation(scale, sequence: 2).values)
    #expect(zip(scales.0, scales.1).allSatisfy { 2 * $0 == $1 })
  }

  @Test("Stored activations can be those of another prompt, or of another position.")
  func sources() throws {
    let model = try Fixture.model()
    let hook = HookPoint(.residPre, layer: 1)
    let prompts = [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]]
    let stored = try model.forward(prompts, capture: [HookPattern(hook)])
    func row(_ sequence: Int, _ position: Int) throws -> [Float] {
      Array(try stored.activation(hook, sequence: sequence).rows(position..<position + 1).values)
    }
    let resampled = stored.activations.resampled(by: RandomStream(seed: 1, purpose: "resample"))
    let patched = try model.forward(
      prompts, capture: [HookPattern(hook)], at: .last,
      interventions: [Intervention(at: hook, positions: .last, operation: .replace(from: resampled))])
    let found = try (0..<3).map { try patched.activation(hook, sequence: $0).values }
    let last = try (0..<3).map { try row($0, 3) }
    for i in 0..<3 { #expect(found[i] != last[i] && last.contains(found[i])) }
    #expect(Set(found).count == 3)

    let moved = stored.activations.moved([[(from: 0, to: 2)], [(from: 3, to: 1), (from: 1, to: 3)], []])
    let places = Positions.indices([[2], [1, 3], []])
    let shifted = try model.forward(
      prompts, capture: [HookPattern(hook)], at: places,
      interventions: [Intervention(at: hook, positions: places, operation: .replace(from: moved))])
    #expect(try shifted.activation(hook, sequence: 0).values == row(0, 0))
    #expect(try shifted.activation(hook, sequence: 1).values == row(1, 3) + row(1, 1))
  }

  @Test("Names of the TransformerBridge mean the same places.")
  func bridgeNames() throws {
    let pairs = [
      ("blocks.3.hook_in", "blocks.3.hook_resid_pre"), ("blocks.3.hook_out", "blocks.3.hook_resid_post"),
      ("blocks.3.attn.o.hook_in", "blocks.3.attn.hook_z"), ("blocks.*.attn.q.hook_out", "blocks.*.attn.hook_q"),
      ("embed.hook_out", "hook_embed"), ("blocks.0.mlp.out.hook_in", "blocks.0.mlp.hook_post"),
      ("blocks.1.ln2.hook_in", "blocks.1.hook_resid_mid"), ("unembed.hook_in", "ln_final.hook_normalized"),
    ]
    for (bridge, own) in pairs { #expect(try HookPattern(bridge) == HookPattern(own)) }
    #expect(throws: HookError.self) { try HookPattern("hook_out.blocks.3") }
  }

  @Test(
    "Generation takes every kind of change, from a generated token on, with the bits of a run over the whole text.")
  func generated() throws {
    let model = try Fixture.model()
    let changes = [
      Intervention(
        at: HookPoint(.z, layer: 1), components: .heads([1]), positions: .fromGenerated(2), operation: .scale(3)),
      .knockout(queries: .fromGenerated(1), keys: .indices([[0], [0], [1], [0]]), layers: .some([0, 2])),
    ]
    let generation = try model.generate(
      prompts: prompts, options: GenerationOptions(maxNewTokens: 6, interventions: changes, keepsLogits: true))
    for (i, sequence) in generation.sequences.enumerated() {
      let text = prompts[i] + sequence.tokens.dropLast()
      let full = try model.forward(
        Array(repeating: text, count: 4), interventions: changes, logits: .all,
        promptLengths: Array(repeating: prompts[i].count, count: 4))
      let vocabulary = model.configuration.vocabularySize
      let rows = try full.logits(sequence: i).values.suffix(6 * vocabulary)
      #expect(Array(rows) == sequence.logits.values)
    }
  }
}
