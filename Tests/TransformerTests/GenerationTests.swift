import Foundation
import Synchronization
import Tensor
import Testing
import Transformer

@Suite("Generation")
struct GenerationTests {
  let prompts = Fixture.prompts(7)

  @Test("Generation with a cache gives the bits of full runs over the text so far.")
  func cached() throws {
    let model = try Fixture.model()
    let generation = try model.generate(
      prompts: prompts, options: GenerationOptions(maxNewTokens: 12, keepsLogits: true))
    for (prompt, generated) in zip(prompts, generation.sequences) {
      let full = try model.forward([prompt + generated.tokens.dropLast()], logits: .all).logits(sequence: 0)
      let width = model.configuration.vocabularySize
      #expect(generated.tokens.count == 12)
      #expect(full.values.dropFirst((prompt.count - 1) * width).elementsEqual(generated.logits.values))
    }
  }

  @Test("What is generated does not depend on the batch, on threads, or on who finishes first.", arguments: [0.0, 0.9])
  func batches(temperature: Double) throws {
    let model = try Fixture.model()
    var options = GenerationOptions(maxNewTokens: 15, stop: [4, 11, 17, 30, 44], keepsLogits: true)
    if temperature > 0 { options.sampling = .temperature(temperature, seed: 12) }
    let together = try model.generate(prompts: prompts, options: options).sequences
    let threaded = try withThreads(3) { try model.generate(prompts: prompts, options: options).sequences }
    options.batchSize = 2
    let pairs = try model.generate(prompts: prompts, options: options).sequences
    #expect(Set(together.map(\.tokens.count)).count > 1, "all finished together: the test shows nothing")
    for (i, prompt) in prompts.enumerated() {
      let alone = try model.generate(prompts: [prompt], options: options).sequences[0]
      for other in [alone, threaded[i], pairs[i]] {
        #expect(other.tokens == together[i].tokens && other.logits == together[i].logits)
      }
    }
  }

  @Test("What prompts begin with is computed once, and tokens, logits and reports are those of each prompt alone.")
  func prefixes() throws {
    let model = try Fixture.model()
    let stem = (0..<20).map { $0 % 7 + 1 }
    let prompts = [
      stem + [9], stem + [9], stem + [8, 8, 8],
      Array(stem.prefix(12)) + [30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 9],
      Array(stem.prefix(12)) + [30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 2], [5], stem,
    ]
    let hook = HookPoint(.residPre, layer: 1)
    let source = try model.forward(prompts, capture: [HookPattern(hook)]).activations
    let changes: [(shared: Bool, list: [Intervention])] = [
      (true, []), (true, [.directionalAblation(Fixture.vector(model.configuration.width))]),
      (true, [.knockout(queries: .fromGenerated(0), keys: .indices(prompts.map { $0.count > 3 ? [2] : [] }))]),
      (true, [Intervention(at: hook, positions: .last, operation: .replace(from: source))]),
      (false, [Intervention(at: hook, positions: .prompt, operation: .replace(from: source))]),
      (false, [Intervention(at: hook, positions: .indices([[3], [], [], [], [], [], []]), operation: .scale(2))]),
    ]
    for (shared, list) in changes {
      var options = GenerationOptions(maxNewTokens: 5, interventions: list, keepsLogits: true)
      let together = try withThreads(1) { try model.generate(prompts: prompts, options: options) }
      options.batchSize = 1
      let alone = try model.generate(prompts: prompts, options: options)
      for (one, other) in zip(together.sequences, alone.sequences) {
        #expect(one.tokens == other.tokens && one.logits == other.logits)
      }
      #expect(together.interventions == alone.interventions)
      let all = prompts.reduce(0) { $0 + $1.count } + prompts.count * 4
      #expect(alone.computed == all)
      // 12 tokens of six prompts, 8 more of three, and 11 more of the other two.
      #expect(together.computed == (shared ? all - 12 * 5 - 8 * 2 - 11 : all))
    }
  }

  @Test("Samples depend on the seed and the prompt, and follow the temperature.")
  func sampling() throws {
    let model = try Fixture.model()
    func sample(_ temperature: Double, _ seed: UInt64) throws -> [[Int]] {
      try model.generate(
        prompts: prompts,
        options: GenerationOptions(maxNewTokens: 8, sampling: .temperature(temperature, seed: seed))
      ).sequences.map(\.tokens)
    }
    let greedy = try model.generate(prompts: prompts, options: GenerationOptions(maxNewTokens: 8))
    #expect(try sample(1, 1) == sample(1, 1))
    #expect(try sample(1, 1) != sample(1, 2))
    #expect(try sample(1e-4, 1) == greedy.sequences.map(\.tokens))
  }

  @Test("Sampled tokens come as often as the soft-max says.")
  func frequencies() throws {
    let model = try Fixture.model()
    let prompt = prompts[2]
    let logits = try model.forward([prompt]).logits(sequence: 0).values.map(Double.init)
    let largest = logits.max() ?? 0
    let weights = logits.map { exp($0 - largest) }
    let best = logits.firstIndex(of: largest) ?? 0
    let probability = weights[best] / weights.reduce(0, +)
    let draws = 400
    var hits = 0
    for seed in 0..<draws {
      let options = GenerationOptions(maxNewTokens: 1, sampling: .temperature(1, seed: UInt64(seed)))
      if try model.generate(prompts: [prompt], options: options).sequences[0].tokens == [best] { hits += 1 }
    }
    // Four standard deviations of a binomial count.
    let deviation = (Double(draws) * probability * (1 - probability)).squareRoot()
    #expect(abs(Double(hits) - Double(draws) * probability) < 4 * deviation)
  }

  @Test("A stop token ends a text, is kept in its tokens, and left out of its text.")
  func stopping() throws {
    let model = try Fixture.model()
    let free = try model.generate(prompts: [prompts[3]], options: GenerationOptions(maxNewTokens: 10)).sequences[0]
    #expect(!free.stopped && free.text == free.tokens)
    let stop = free.tokens[4]
    let first = try #require(free.tokens.firstIndex(of: stop))
    let stopped = try model.generate(
      prompts: [prompts[3]], options: GenerationOptions(maxNewTokens: 10, stop: [stop])
    ).sequences[0]
    #expect(stopped.stopped && stopped.tokens == Array(free.tokens.prefix(first + 1)))
    #expect(stopped.text == Array(free.tokens.prefix(first)))
  }

  @Test("A forced prefix begins the response, and what follows is what a prompt with it would give.")
  func forced() throws {
    let model = try Fixture.model()
    let pair = Array(prompts[2...3])
    let forced = try model.generate(
      prompts: pair, options: GenerationOptions(maxNewTokens: 5, forcedPrefixes: [[9, 8], []])
    ).sequences
    let longer = try model.generate(
      prompts: [pair[0] + [9, 8], pair[1]], options: GenerationOptions(maxNewTokens: 5)
    ).sequences
    #expect(forced[0].tokens == [9, 8] + longer[0].tokens && forced[0].forced == 2)
    #expect(forced[1].tokens == longer[1].tokens)
  }

  @Test("Interventions in generation act at the same positions as in a full run, with the same bits and counts.")
  func interventions() throws {
    let model = try Fixture.model()
    let vector = Fixture.vector(model.configuration.width)
    let cases: [Positions] = [
      .all, .prompt, .last, .fromGenerated(2), .indices(prompts.map { [0, $0.count, $0.count + 3] }),
    ]
    for positions in cases {
      let list = [
        Intervention(at: [HookPattern(.residPre, layers: .one(1))], positions: positions, operation: .ablate(vector)),
        Intervention(
          at: [HookPattern(.attnOut)], positions: positions, operation: .add(vector, scale: 2)),
      ]
      let generation = try model.generate(
        prompts: prompts, options: GenerationOptions(maxNewTokens: 6, interventions: list, keepsLogits: true))
      let texts = zip(prompts, generation.sequences).map { $0 + $1.tokens.dropLast() }
      let full = try model.forward(
        texts, interventions: list, logits: .all, promptLengths: prompts.map(\.count))
      for (i, prompt) in prompts.enumerated() {
        let width = model.configuration.vocabularySize
        let expected = try full.logits(sequence: i).values.dropFirst((prompt.count - 1) * width)
        #expect(expected.elementsEqual(generation.sequences[i].logits.values))
      }
      for (a, b) in zip(generation.interventions, full.interventions) {
        #expect(a.firedBySequence == b.firedBySequence && a.changed == b.changed)
        #expect(abs(a.distance - b.distance) < 1e-9 * b.distance)
      }
    }
  }

  @Test("Tokens are reported one by one, in order within a sequence.")
  func streaming() throws {
    let log = Mutex<[GeneratedToken]>([])
    let generation = try Fixture.model().generate(
      prompts: prompts, options: GenerationOptions(maxNewTokens: 5),
      onToken: { token in log.withLock { $0.append(token) } })
    let tokens = log.withLock { $0 }
    for (i, generated) in generation.sequences.enumerated() {
      let own = tokens.filter { $0.sequence == i }
      #expect(own.map(\.token) == generated.tokens && own.map(\.step) == Array(0..<5))
      #expect(own.map(\.isLast) == [false, false, false, false, true])
    }
  }

  @Test("Options that make no sense, and interventions that never fire, are errors.")
  func mistakes() throws {
    let model = try Fixture.model()
    func attempt(_ options: GenerationOptions) throws { _ = try model.generate(prompts: prompts, options: options) }
    #expect(throws: SequenceError.self) { try attempt(GenerationOptions(maxNewTokens: -1)) }
    #expect(throws: SequenceError.self) { try attempt(GenerationOptions(maxNewTokens: 100)) }
    #expect(throws: SequenceError.self) {
      try attempt(GenerationOptions(maxNewTokens: 1, sampling: .temperature(0, seed: 1)))
    }
    #expect(throws: SequenceError.self) { try attempt(GenerationOptions(maxNewTokens: 1, forcedPrefixes: [[1]])) }
    let late = Intervention(at: [HookPattern(.residPre)], positions: .fromGenerated(9), operation: .zero)
    #expect(throws: InterventionError.self) { try attempt(GenerationOptions(maxNewTokens: 3, interventions: [late])) }
    let none = try model.generate(prompts: prompts, options: GenerationOptions(maxNewTokens: 0))
    #expect(none.sequences.allSatisfy { $0.tokens.isEmpty })
  }
}
