import Foundation
import Tensor
import Testing
import Transformer

@Suite("Gradients")
struct GradientTests {
  private static let sequences = [[3, 9, 27, 81, 50, 9, 12, 14], [60, 2, 31, 4, 4]]

  private func folder(_ name: String) -> URL { FamilyTests.folder.appending(path: name) }

  /// A function of the last logits that reads no logit of a token of the prompts, whose embeddings may be tied to them.
  private func slopes(_ model: Model) -> [Float] {
    var slopes = Fixture.vector(model.configuration.vocabularySize, "slopes")
    for token in Self.sequences.joined() { slopes[token] = 0 }
    return slopes
  }

  private func product(_ a: [Float], _ b: [Float]) -> Double {
    // Scores that are hidden are minus infinity.
    zip(a, b).reduce(0) { $0 + ($1.0 == 0 ? 0 : Double($1.0) * Double($1.1)) }
  }

  private func weights(of name: String) throws -> [String: [Double]] {
    var weights: [String: [Double]] = [:]
    for file in try FileManager.default.contentsOfDirectory(atPath: folder(name).path).sorted()
    where file.hasPrefix("model") && file.hasSuffix(".safetensors") {
      let file = try SafetensorsFile(path: folder(name).appending(path: file).path)
      for entry in file.entries where entry.type != .bool { weights[entry.name] = try file.doubles(entry.name) }
    }
    return weights
  }

  @Test("In every family they are the float64 reference's finite differences.", arguments: FamilyTests.variants)
  func reference(name: String) throws {
    let model = try Model.load(from: folder(name))
    let (c, slopes) = (model.configuration, slopes(model))
    let embed = HookPoint(.embed)
    let gradients = try model.gradients(
      of: Self.sequences.map { _ in GradientSeed(logits: slopes) }, over: Self.sequences, at: [HookPattern(embed)])
    let weights = try weights(of: name)
    let embedding = try #require(
      weights.keys.first {
        $0.hasSuffix("embed_tokens.weight") || $0.hasSuffix("wte.weight") || $0.hasSuffix("embed_in.weight")
      })
    for (sequence, tokens) in Self.sequences.enumerated() {
      let gradient = try gradients.tensor(embed, sequence: sequence).values
      // Tokens that occur once.
      for (position, token) in tokens.enumerated() where tokens.count(where: { $0 == token }) == 1 {
        let direction = Fixture.vector(c.width, "direction \(position)")
        func value(_ step: Double) throws -> Double {
          var changed = weights
          for i in 0..<c.width { changed[embedding]?[token * c.width + i] += step * Double(direction[i]) }
          let output = try ReferenceModel(configuration: c, weights: changed).forward(tokens)
          return zip(output.logits[tokens.count - 1], slopes).reduce(0) { $0 + $1.0 * Double($1.1) }
        }
        let step = 1e-5
        let difference = (try value(step) - value(-step)) / (2 * step)
        let ours =
          product(Array(gradient[position * c.width..<(position + 1) * c.width]), direction) * c.embeddingScale
        let size = c.embeddingScale * gradient.reduce(0) { $0 + abs(Double($1)) } / Double(tokens.count)
        #expect(abs(ours - difference) <= 1e-5 * size, "position \(position): \(ours), \(difference) of \(size)")
      }
    }
  }

  @Test("At every hook they foretell what a small change there does.", arguments: FamilyTests.variants)
  func hooks(name: String) throws {
    let model = try Model.load(from: folder(name))
    let (c, slopes) = (model.configuration, slopes(model))
    let sites = HookSite.all(in: c)
    let patterns = sites.map { HookPattern($0) }
    let gradients = try model.gradients(
      of: Self.sequences.map { _ in GradientSeed(logits: slopes) }, over: Self.sequences, at: patterns)
    let forward = try model.forward(Self.sequences, capture: patterns)
    for site in sites {
      for layer in 0..<(site.isPerLayer ? c.layers : 1) {
        let point = HookPoint(site, layer: layer)
        func values(_ factor: Double) throws -> [Double] {
          let changed = try model.forward(
            Self.sequences, interventions: [Intervention(at: point, operation: .scale(factor))])
          return try Self.sequences.indices.map { product(try changed.logits(sequence: $0).values, slopes) }
        }
        let step = 0.004
        let (up, down) = (try values(1 + step), try values(1 - step))
        for sequence in Self.sequences.indices {
          let gradient = try gradients.tensor(point, sequence: sequence)
          let activation = try forward.activation(point, sequence: sequence)
          #expect(gradient.shape == activation.shape)
          let difference = (up[sequence] - down[sequence]) / (2 * step)
          let ours = product(gradient.values, activation.values)
          #expect(
            abs(ours - difference) <= 0.004 + 0.004 * abs(difference),
            "\(point), sequence \(sequence): \(ours), \(difference)")
        }
      }
    }
  }

  @Test("Slopes in an activation are passed on to what lies before it, and to nothing behind.")
  func activations() throws {
    let model = try Fixture.model()
    let c = model.configuration
    let (read, before) = (HookPoint(.residMid, layer: 1), HookPoint(.residPre, layer: 1))
    let slopes = Fixture.vector(c.width)
    let sequences = [[5, 6, 7, 8]]
    let gradients = try model.gradients(
      of: [GradientSeed(activations: [read: slopes])], over: sequences,
      at: [before, read, HookPoint(.attnOut, layer: 1), HookPoint(.mlpOut, layer: 1)].map { HookPattern($0) },
      positions: .last)
    #expect(try gradients.tensor(read, sequence: 0).values == slopes)
    #expect(try gradients.tensor(HookPoint(.attnOut, layer: 1), sequence: 0).values == slopes)
    #expect(try gradients.tensor(HookPoint(.mlpOut, layer: 1), sequence: 0).values.allSatisfy { $0 == 0 })
    let direction = Fixture.vector(c.width, "direction")
    func value(_ step: Double) throws -> Double {
      let changed = try model.forward(
        sequences, capture: [HookPattern(read)], at: .last,
        interventions: [Intervention(at: before, positions: .last, operation: .add(direction, scale: step))])
      return product(try changed.activation(read, sequence: 0).values, slopes)
    }
    let difference = (try value(0.01) - value(-0.01)) / 0.02
    let ours = product(try gradients.tensor(before, sequence: 0).values, direction)
    #expect(abs(ours - difference) < 1e-3 * max(1, abs(difference)), "\(ours), \(difference)")
  }

  @Test("Their bits depend on the sequence alone: not on the others, the threads, or how many are kept at a time.")
  func bits() throws {
    let model = try Fixture.model()
    let sequences = Fixture.prompts()
    let seeds = sequences.indices.map { GradientSeed(logits: Fixture.vector(61, "slopes \($0)")) }
    func bits() throws -> [[[UInt32]]] {
      let gradients = try model.gradients(of: seeds, over: sequences, at: Fixture.everything)
      return try sequences.indices.map { sequence in
        try gradients.hooks.map { try gradients.tensor($0, sequence: sequence).values.map(\.bitPattern) }
      }
    }
    let all = try bits()
    for threads in [1, 3] { #expect(try withThreads(threads, bits) == all) }
    for (index, tokens) in sequences.enumerated() {
      let alone = try model.gradients(of: [seeds[index]], over: [tokens], at: Fixture.everything)
      #expect(try alone.hooks.map { try alone.tensor($0, sequence: 0).values.map(\.bitPattern) } == all[index])
    }
  }

  @Test("Seeds that do not fit are refused with what would.")
  func refused() throws {
    let model = try Fixture.model()
    let patterns = [HookPattern(.embed)]
    func refuses(_ seeds: [GradientSeed]) {
      #expect(throws: SequenceError.self) { try model.gradients(of: seeds, over: [[1, 2]], at: patterns) }
    }
    refuses([])
    refuses([GradientSeed(logits: [1, 2])])
    refuses([GradientSeed(activations: [HookPoint(.residPost, layer: 0): [1]])])
    refuses([GradientSeed(activations: [HookPoint(.pattern, layer: 0): [1, 1, 1, 1]])])
    #expect(throws: HookError.self) {
      try model.gradients(
        of: [GradientSeed(activations: [HookPoint(.residPost, layer: 9): Fixture.vector(40)])], over: [[1, 2]],
        at: patterns)
    }
  }
}
