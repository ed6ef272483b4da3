import Tensor
import Testing
import Transformer

@Suite("Forward")
struct ForwardTests {
  @Test("Logits and every residual agree with the float64 reference.", arguments: [true, false])
  func reference(tied: Bool) throws {
    let configuration = try Fixture.configuration(tied: tied)
    let weights = Fixture.weights(configuration)
    let model = try Model(configuration: configuration, weights: weights)
    let reference = try ReferenceModel(
      configuration: configuration, weights: weights.mapValues { $0.values.map(Double.init) })
    let prompts = Fixture.prompts(4)
    let forward = try model.forward(
      prompts,
      capture: [
        .embed, .residPre, .residMid, .residPost, .attnModuleOut, .attnOut, .mlpModuleOut, .mlpOut, .lnFinalNormalized,
        .pattern,
      ].map { HookPattern($0) }, logits: .all)
    for (i, prompt) in prompts.enumerated() {
      let expected = try reference.forward(prompt)
      for (hook, rows) in expected.activations {
        let ours = try forward.activation(hook, sequence: i).values.map(Double.init)
        let difference = largestDifference(ours, rows.flatMap { $0 })
        #expect(difference < 2e-5, "\(hook), sequence \(i): \(difference)")
      }
      for layer in 0..<configuration.layers {
        let ours = try forward.activation(HookPoint(.pattern, layer: layer), sequence: i).values.map(Double.init)
        #expect(largestDifference(ours, expected.patterns[layer].flatMap { $0.flatMap { $0 } }) < 2e-6)
      }
      let logits = try forward.logits(sequence: i).values.map(Double.init)
      #expect(largestDifference(logits, expected.logits.flatMap { $0 }) < 2e-5)
    }
  }

  @Test("A sequence has the same bits alone, in a batch, and on several threads.")
  func bits() throws {
    let prompts = Fixture.prompts()
    let model = try Fixture.model()
    let batch = try withThreads(1) { try model.forward(prompts, capture: Fixture.everything, logits: .all) }
    let threaded = try withThreads(3) { try model.forward(prompts, capture: Fixture.everything, logits: .all) }
    for (i, prompt) in prompts.enumerated() {
      let alone = try model.forward([prompt], capture: Fixture.everything, logits: .all)
      let bits = try batch.bits(model.configuration, sequence: i)
      #expect(firstDifference(bits, try alone.bits(model.configuration, sequence: 0)) == nil)
      #expect(firstDifference(bits, try threaded.bits(model.configuration, sequence: i)) == nil)
    }
  }

  @Test("Every instruction set gives the same bits.")
  func paths() throws {
    let prompts = Fixture.prompts()
    let model = try Fixture.model()
    let best = try model.forward(prompts, capture: Fixture.everything, logits: .all)
    for other in KernelPath.supported {
      let forward = try other.during { try model.forward(prompts, capture: Fixture.everything, logits: .all) }
      for i in prompts.indices {
        let difference = firstDifference(
          try best.bits(model.configuration, sequence: i), try forward.bits(model.configuration, sequence: i))
        #expect(difference == nil, "\(other): \(difference ?? "")")
      }
    }
  }

  @Test("Capturing scores and patterns, which takes another path, changes no bit.")
  func fused() throws {
    let prompts = Fixture.prompts()
    let model = try Fixture.model()
    let fused = try model.forward(prompts, capture: [HookPattern(.z)], logits: .all)
    let stepwise = try model.forward(prompts, capture: [HookPattern(.z), HookPattern(.pattern)], logits: .all)
    for i in prompts.indices {
      let a = try fused.bits(model.configuration, sequence: i)
      let b = try stepwise.bits(model.configuration, sequence: i).filter { a[$0.key] != nil }
      #expect(firstDifference(a, b) == nil)
    }
  }

  @Test("Tokens that come later change nothing that lies before.")
  func causal() throws {
    let model = try Fixture.model()
    let long = Fixture.prompts(9)[8]
    let forward = try model.forward([long, Array(long.dropLast(3))], capture: [HookPattern(.residPost)])
    for layer in 0..<model.configuration.layers {
      let hook = HookPoint(.residPost, layer: layer)
      let short = try forward.activation(hook, sequence: 1).values
      #expect(try forward.activation(hook, sequence: 0).values.prefix(short.count).elementsEqual(short))
    }
  }

  @Test("Activations are kept at the positions that were asked for, and only there.")
  func positions() throws {
    let prompts = Fixture.prompts(4)
    let model = try Fixture.model()
    let hook = HookPoint(.residPost, layer: 1)
    let width = model.configuration.width
    let all = try model.forward(prompts, capture: [HookPattern(hook), HookPattern(.pattern)])
    let last = try model.forward(prompts, capture: [HookPattern(hook), HookPattern(.pattern)], at: .last)
    let some = try model.forward(prompts, capture: [HookPattern(hook)], at: .indices([[0], [], [3, 1], [2]]))
    for (i, prompt) in prompts.enumerated() {
      let full = try all.activation(hook, sequence: i)
      #expect(full.shape == [prompt.count, width])
      #expect(try last.activation(hook, sequence: i).shape == [1, width])
      #expect(try last.activation(hook, sequence: i).values == Array(full.values.suffix(width)))
      #expect(
        try last.activation(HookPoint(.pattern, layer: 2), sequence: i).shape
          == [model.configuration.heads, 1, prompt.count])
    }
    #expect(try some.activations.positions(hook, sequence: 2) == [1, 3])
    #expect(try some.activation(hook, sequence: 1).shape == [0, width])
    #expect(throws: HookError.self) { try all.activation(HookPoint(.residPost, layer: 0), sequence: 0) }
    #expect(throws: HookError.noSuchSequence(index: 4, count: 4)) { try all.activation(hook, sequence: 4) }
  }

  @Test("Hooks have the shapes that TransformerLens gives them, and are related as the block says.")
  func relations() throws {
    let model = try Fixture.model()
    let c = model.configuration
    let prompt = Fixture.prompts(9)[8]
    let forward = try model.forward([prompt], capture: Fixture.everything)
    func values(_ site: HookSite, _ layer: Int = 1) throws -> [Float] {
      try forward.activation(HookPoint(site, layer: layer), sequence: 0).values
    }
    #expect(
      try forward.activation(HookPoint(.q, layer: 1), sequence: 0).shape == [prompt.count, c.heads, c.headSize])
    #expect(
      try forward.activation(HookPoint(.attnScores, layer: 1), sequence: 0).shape
        == [c.heads, prompt.count, prompt.count])
    #expect(try values(.residPre, 2) == values(.residPost, 1))
    #expect(try values(.embed) == values(.residPre, 0))
    #expect(try values(.residMid) == zip(values(.residPre), values(.attnOut)).map(+))
    #expect(try values(.residPost) == zip(values(.residMid), values(.mlpOut)).map(+))
    let scale = try values(.ln1Scale)
    let row = try values(.residPre).prefix(c.width)
    let expected = (row.reduce(0) { $0 + Double($1 * $1) } / Double(c.width) + c.normEpsilon).squareRoot()
    #expect(abs(Double(scale[0]) - expected) < 1e-6 * expected)
    #expect(try values(.attnScores)[1] == -.infinity)
    #expect(try values(.pattern)[1] == 0)
  }

  @Test("A run that stops early gives the same bits up to there, and says what it does not reach.")
  func stopping() throws {
    let model = try Fixture.model()
    let prompts = Fixture.prompts(3)
    let hook = HookPoint(.residPost, layer: 1)
    let full = try model.forward(prompts, capture: [HookPattern(hook)])
    let short = try model.forward(prompts, capture: [HookPattern(hook)], stopAfterLayer: 1)
    #expect(try full.activation(hook, sequence: 2) == short.activation(hook, sequence: 2))
    #expect(throws: HookError.self) { try short.logits(sequence: 0) }
    #expect(throws: HookError.notReached(name: "blocks.2.hook_mlp_out", stopAfterLayer: 1)) {
      try model.forward(prompts, capture: [HookPattern(.mlpOut, layers: .one(2))], stopAfterLayer: 1)
    }
  }

  @Test("Sequences that a model cannot run are named.")
  func mistakes() throws {
    let model = try Fixture.model()
    #expect(throws: SequenceError.empty(sequence: 1)) { try model.forward([[1], []]) }
    #expect(throws: SequenceError.noSuchToken(sequence: 0, position: 1, token: 61, vocabulary: 61)) {
      try model.forward([[1, 61]])
    }
    #expect(throws: SequenceError.tooLong(sequence: 0, tokens: 65, maximum: 64)) {
      try model.forward([Array(repeating: 1, count: 65)])
    }
    #expect(throws: SequenceError.wrongCount(what: "positions to capture", expected: 1, found: 2)) {
      try model.forward([[1]], at: .indices([[0], [0]]))
    }
    #expect(try model.forward([]).interventions.isEmpty)
  }
}
