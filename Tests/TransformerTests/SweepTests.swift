import Foundation
import Tensor
import Testing
import Transformer

@Suite("Sweeps")
struct SweepTests {
  /// Random arms: none to two interventions at any writable site, at positions of all kinds.
  private func arms(
    _ count: Int, _ model: Model, _ prompts: [[Int]], source: Activations, seed: UInt64
  ) -> [[Intervention]] {
    var generator = RandomStream(seed: seed, purpose: "arms").generator()
    let c = model.configuration
    let sites = HookSite.all(in: c)
    func intervention() -> Intervention {
      let site = sites.randomElement(using: &generator) ?? .residPre
      let layer = Int.random(in: 0..<c.layers, using: &generator)
      let positions: Positions =
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: .all
        case 1: .last
        case 2: .indices(prompts.map { [Int.random(in: 0..<$0.count, using: &generator)] })
        default:
          // Nothing at all in some sequences.
          .indices(
            prompts.enumerated().map { i, tokens in
              i % 2 == 0
                ? [] : [0, tokens.count - 1].filter { _ in Bool.random(using: &generator) } + [tokens.count / 2]
            })
        }
      let operation: Intervention.Operation =
        switch Int.random(in: 0..<4, using: &generator) {
        case 0 where !site.isPairwise: .mean(Fixture.vector(site.width(in: c)).map { abs($0) + 0.1 })
        case 1 where !site.isPairwise: .add(Fixture.vector(site.width(in: c)).map(abs), scale: 0.5)
        case 2: .scale(0.5)
        default: .replace(from: source)
        }
      return Intervention(at: HookPoint(site, layer: layer), positions: positions, operation: operation)
    }
    return (0..<count).map { arm in (0..<(arm == 0 ? 0 : 1 + arm % 2)).map { _ in intervention() } }
  }

  private func source(_ model: Model, _ prompts: [[Int]]) throws -> Activations {
    let sites = HookSite.all(in: model.configuration)
    return try model.forward(prompts.map { $0.reversed() }, capture: sites.map { HookPattern($0) }).activations
  }

  private func expectEqual(_ model: Model, _ prompts: [[Int]], arms: [[Intervention]]) throws {
    let hooks = [
      HookPoint(.residMid, layer: 1), HookPoint(.pattern, layer: 1), HookPoint(.attnScores, layer: 0),
      HookPoint(.z, layer: 0), HookPoint(.mlpOut, layer: 1), HookPoint(.residPost, layer: 0),
      HookPoint(.lnFinalNormalized),
    ]
    .filter { $0.site.exists(in: model.configuration) }
    let sweep = try Sweep(of: model, over: prompts, arms: arms, capture: hooks.map { HookPattern($0) }, logits: .last)
    let outcome = try sweep.run { cell in
      try [cell.logits.values] + hooks.map { try cell.activation($0).values }
    }
    for (arm, interventions) in arms.enumerated() {
      let full = try model.forward(
        prompts, capture: hooks.map { HookPattern($0) }, interventions: interventions, logits: .last)
      for sequence in prompts.indices {
        let expected =
          try [full.logits(sequence: sequence).values]
          + hooks.map { try full.activation($0, sequence: sequence).values }
        let found = outcome.values[arm][sequence]
        for (name, pair) in zip(["logits"] + hooks.map(\.description), zip(expected, found)) {
          #expect(
            pair.0.map(\.bitPattern) == pair.1.map(\.bitPattern),
            "\(interventions.map(\.description)) on sequence \(sequence): \(name)")
        }
      }
      #expect(outcome.reports[arm].map(\.firedBySequence) == full.interventions.map(\.firedBySequence))
      #expect(outcome.reports[arm].map(\.distance) == full.interventions.map(\.distance))
    }
    #expect(outcome.checked == min(arms.count * prompts.count, max(8, (arms.count * prompts.count + 49) / 50)))
    #expect(outcome.computed < outcome.full)
  }

  @Test("Every cell of a sweep has the bits of its full run, whatever is changed and wherever it starts.")
  func equal() throws {
    let model = try Fixture.model()
    let prompts = Fixture.prompts(5)
    try expectEqual(model, prompts, arms: arms(60, model, prompts, source: source(model, prompts), seed: 3))
  }

  @Test(
    "So it is at each hook of each block of each family, for one position early in each prompt.",
    arguments: FamilyTests.variants)
  func everyHook(name: String) throws {
    let model = try Model.load(from: FamilyTests.folder.appending(path: name))
    let prompts = [[5, 3, 8, 1, 9, 2, 3, 1, 4, 2, 7, 1, 5, 5, 3, 9, 2, 6, 4, 8, 1, 3, 7, 2], [7, 7, 1, 4, 3, 1, 4]]
    let arms = HookSite.all(in: model.configuration).flatMap { site in
      (0..<(site.isPerLayer ? model.configuration.layers : 1)).map { layer in
        [
          Intervention(
            at: HookPoint(site, layer: layer), positions: .indices(prompts.map { [$0.count / 4] }),
            operation: .scale(0.5))
        ]
      }
    }
    try expectEqual(model, prompts, arms: arms)
  }

  @Test("So it is in every family.", arguments: FamilyTests.variants)
  func families(name: String) throws {
    let model = try Model.load(from: FamilyTests.folder.appending(path: name))
    let prompts = [[5, 3, 8, 1, 9, 2], [7, 7, 1, 4]]
    try expectEqual(model, prompts, arms: arms(24, model, prompts, source: source(model, prompts), seed: 5))
  }

  @Test("Threads, batch sizes, and how much of the unchanged run is kept at a time change no bit.")
  func limits() throws {
    let model = try Fixture.model()
    let prompts = Fixture.prompts(5)
    let arms = arms(30, model, prompts, source: try source(model, prompts), seed: 8)
    func values() throws -> [[[Float]]] {
      try Sweep(of: model, over: prompts, arms: arms).run { $0.logits.values }.values
    }
    let plain = try values()
    #expect(try withThreads(1) { try values() } == plain)
    defer { BatchLimits.current = BatchLimits() }
    BatchLimits.current = BatchLimits(tokens: 9, keptBytes: 1)
    #expect(try values() == plain)
  }

  @Test("Logits of a few tokens are those of the whole vocabulary.")
  func tokens() throws {
    let model = try Fixture.model()
    let prompts = Fixture.prompts(3)
    let arms = [[], [Intervention(at: HookPoint(.mlpOut, layer: 0), operation: .zero)]]
    let whole = try Sweep(of: model, over: prompts, arms: arms).run { cell in [7, 2, 7].map { cell.logits[0, $0] } }
    let few = try Sweep(of: model, over: prompts, arms: arms, tokens: [7, 2, 7]).run { $0.logits.values }
    #expect(whole.values == few.values)
  }

  @Test("A patch of one position is computed from its layer and position on, and not more.")
  func work() throws {
    let model = try Fixture.model()
    let layers = model.configuration.layers
    let prompt = Fixture.prompts(4)[2]
    let arms = (0..<layers).map { layer in
      [
        Intervention(
          at: HookPoint(.residPre, layer: layer), positions: .indices([[prompt.count - 2]]), operation: .zero)
      ]
    }
    let outcome = try Sweep(of: model, over: [prompt], arms: arms).run { $0.logits[0, 0] }
    #expect(outcome.computed == (1...layers).reduce(0) { $0 + 2 * $1 })
    #expect(outcome.full == layers * layers * prompt.count)
  }

  @Test("What is changed behind a block's keys and values is computed at its position alone, up to the next block.")
  func stays() throws {
    let model = try Fixture.model()
    let layers = model.configuration.layers
    let prompt = Fixture.prompts(4)[2]
    let stays: [HookSite] = HookSite.all(in: model.configuration).filter { $0.isPerLayer }
      .filter { ![.residPre, .ln1Scale, .ln1Normalized, .k, .v, .rotK].contains($0) }
    for site in stays {
      let arms = (0..<layers).map { layer in
        [
          Intervention(
            at: HookPoint(site, layer: layer), positions: .indices([[prompt.count - 3]]),
            operation: .scale(0.5))
        ]
      }
      let outcome = try Sweep(of: model, over: [prompt], arms: arms).run { $0.logits[0, 0] }
      #expect(outcome.computed == (1...layers).reduce(0) { $0 + 1 + 3 * ($1 - 1) }, "\(site)")
    }
  }

  @Test("An arm that reaches nothing, a token that is not there, and a reader that fails are errors.")
  func errors() throws {
    let model = try Fixture.model()
    let prompts = Fixture.prompts(2)
    let nowhere = Intervention(
      at: HookPoint(.residPre, layer: 0), positions: .indices([[], []]), operation: .zero)
    #expect(throws: InterventionError.self) { try Sweep(of: model, over: prompts, arms: [[nowhere]]).run { _ in 0 } }
    #expect(throws: SequenceError.self) { try Sweep(of: model, over: prompts, arms: [[]], tokens: [1_000_000]) }
    struct Stop: Error {}
    #expect(throws: Stop.self) { try Sweep(of: model, over: prompts, arms: [[]]).run { _ in throw Stop() } }
    #expect(throws: Stop.self) {
      try Sweep(of: model, over: prompts, arms: [[]]).run(progress: { _, _ in throw Stop() }) { _ in 0 }
    }
  }
}
