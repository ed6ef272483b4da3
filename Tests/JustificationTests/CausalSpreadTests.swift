import Justification
import Tensor
import Testing
import Transformer

/// A transformer written by hand, in which some tokens carry an answer that the last one gathers.
///
/// Token 1 carries, token 0 does not, token 2 asks. In block 0 one head that attends to every position alike copies what
/// carriers hold to the position that reads, as far as `gathers` says; block 1 does nothing. The logit of token 1 is the
/// answer.
private struct Gatherer {
  static let (blank, carrier, asking) = (0, 1, 2)
  let model: Model

  init(gathers: Float = 1) throws {
    let configuration = try ModelConfiguration(
      vocabularySize: 3, width: 4, layers: 2, heads: 1, headSize: 4, feedForwardWidth: 2, tiedEmbeddings: false,
      maximumPositions: 64)
    var weights: [String: Tensor] = [:]
    for parameter in configuration.parameters {
      let isNorm = parameter.shape.count == 1
      weights[parameter.name] = Tensor(parameter.shape, Array(repeating: isNorm ? 1 : 0, count: parameter.count))
    }
    func set(_ name: String, _ rows: [[Float]]) {
      weights[name] = Tensor([rows.count, rows[0].count], rows.flatMap { $0 })
    }
    // Each token has a dimension of its own; what is gathered has the last.
    set("model.embed_tokens.weight", [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]])
    set("model.layers.0.self_attn.v_proj.weight", [[0, gathers, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]])
    set("model.layers.0.self_attn.o_proj.weight", [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [1, 0, 0, 0]])
    set("lm_head.weight", [[0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0]])
    model = try Model(configuration: configuration, weights: weights)
  }

  /// A sequence with carriers at some places, and the asking token at its end.
  static func sequence(length: Int, carriers: Set<Int>) -> [Int] {
    (0..<length - 1).map { carriers.contains($0) ? carrier : blank } + [asking]
  }

  func spread(_ base: [[Int]], _ source: [[Int]]) throws -> CausalSpread {
    try CausalSpread(of: model, base: base, source: source, layers: [0, 1]) { logits, _ in Double(logits[1]) }
  }
}

@Suite("Over how many positions an answer is spread")
struct CausalSpreadTests {
  @Test("Exactly one, and exactly four, wherever they stand and however long the sequence is.", arguments: [8, 13, 30])
  func planted(length: Int) throws {
    let gatherer = try Gatherer()
    let one = Gatherer.sequence(length: length, carriers: [3])
    let four = Gatherer.sequence(length: length, carriers: [0, 2, 3, 6])
    let none = Gatherer.sequence(length: length, carriers: [])
    let spread = try gatherer.spread([one, four], [none, none])
    let early = spread.effectiveNumbers(layer: 0)
    #expect(abs(try #require(early[0]) - 1) < 1e-9)
    #expect(abs(try #require(early[1]) - 4) < 1e-6)
    for (effects, carriers) in zip(spread.effects[0], [[3], [0, 2, 3, 6]]) {
      #expect(effects.indices.filter { effects[$0] != 0 } == carriers)
      #expect(carriers.allSatisfy { effects[$0] > 0 })
    }
    // Once gathered, all is where it is read.
    for (effects, number) in zip(spread.effects[1], spread.effectiveNumbers(layer: 1)) {
      #expect(effects.indices.filter { effects[$0] != 0 } == [length - 1])
      #expect(abs(try #require(number) - 1) < 1e-9)
    }
    #expect(spread.base[0] > spread.source[0] && spread.base[1] > spread.base[0])
  }

  @Test("Its scrambled twins show nothing: the same carriers in both runs, and a head that gathers nothing.")
  func scrambled() throws {
    let four = Gatherer.sequence(length: 12, carriers: [0, 2, 3, 6])
    let none = Gatherer.sequence(length: 12, carriers: [])
    let same = try Gatherer().spread([four], [four])
    #expect(same.effects.joined().joined().allSatisfy { $0 == 0 } && same.effectiveNumbers(layer: 0) == [nil])
    let idle = try Gatherer(gathers: 0).spread([four], [none])
    #expect(idle.effects.joined().joined().allSatisfy { $0 == 0 } && idle.effectiveNumbers(layer: 1) == [nil])
  }

  @Test("The effective number is between one and the count, whatever the signs, and equal shares make the count.")
  func bounds() throws {
    var generator = RandomStream(seed: 11, purpose: "effects").generator()
    for count in 1...40 {
      let effects = (0..<count).map { _ in Double.random(in: -1...1, using: &generator) }
      let number = try #require(EffectiveNumber.of(effects))
      #expect(number >= 1 - 1e-12 && number <= Double(count) + 1e-9)
      let scaled = try #require(EffectiveNumber.of(effects.map { -7 * $0 } + [0, 0]))
      #expect(abs(scaled - number) < 1e-9)
      let equal = (0..<count).map { $0 % 2 == 0 ? 0.3 : -0.3 }
      #expect(abs(try #require(EffectiveNumber.of(equal)) - Double(count)) < 1e-9)
    }
    #expect(EffectiveNumber.of([]) == nil && EffectiveNumber.of([0, 0]) == nil)
  }
}
