import Tensor
import Transformer

/// What a parity certificate compares: some prompts, as many as the float64 reference can run in the time that a
/// certificate may take.
package struct ParitySample: Hashable, Sendable {
  /// The rows of the prompts in their data set.
  package private(set) var rows: [Int] = []
  /// The prompts' token ids, or their first ones.
  package private(set) var sequences: [[Int]] = []
  /// Whether fewer prompts are compared than were drawn, or not all of one.
  package private(set) var isReduced = false
  /// Whether it is the beginning of a prompt.
  package private(set) var isCut = false

  /// Tokens that are compared whatever they cost.
  package static let fewestTokens = 4

  /// How many tokens are compared.
  package var tokens: Int { sequences.reduce(0) { $0 + $1.count } }

  /// Draws prompts, and keeps those that fit the budget together, in the order of their rows. If none does, the shortest
  /// of them is cut.
  package init(of prompts: [Prompt], by model: ModelConfiguration, stream: RandomStream, budget: Double) {
    var generator = stream.generator()
    let drawn = prompts.shuffled(using: &generator).prefix(PromptSet.sample)
    var spent = 0.0
    var kept = drawn.filter { prompt in
      let cost = Self.multiplications(tokens: prompt.tokens.count, in: model)
      guard spent + cost <= budget else { return false }
      spent += cost
      return true
    }
    isReduced = kept.count < drawn.count
    var most = Int.max
    if kept.isEmpty, let shortest = drawn.min(by: { ($0.tokens.count, $0.row) < ($1.tokens.count, $1.row) }) {
      kept = [shortest]
      isCut = true
      most =
        (0..<shortest.tokens.count).last {
          $0 <= Self.fewestTokens || Self.multiplications(tokens: $0, in: model) <= budget
        } ?? Self.fewestTokens
    }
    kept.sort { $0.row < $1.row }
    rows = kept.map(\.row)
    sequences = kept.map { Array($0.tokens.prefix(most)) }
  }

  /// What the reference takes for one sequence, in multiplications of its matrices: each weight once for a token, and
  /// attention's own, which are done one by one and take four times as long.
  package static func multiplications(tokens: Int, in model: ModelConfiguration) -> Double {
    let looked = model.tiedEmbeddings ? 0 : model.vocabularySize * model.width
    let pairs = Double(tokens) * Double(tokens + 1)
    return Double(tokens) * Double(model.parameterCount - looked)
      + 4 * pairs * Double(model.layers * model.queryWidth)
  }

  /// What comparing takes: the engine's run over the sample, and the bytes of the reference's.
  package func work(in model: ModelConfiguration) -> Work {
    let float64 = MemoryLayout<Double>.stride
    let both = float64 + MemoryLayout<Float>.stride
    let row =
      6 * model.width + 3 * model.queryWidth + 2 * model.keyValueWidth + 4 * model.feedForwardWidth
    let largest = model.parameters.map(\.count).max() ?? 0
    let bytes =
      // The stored tensor that is being read, at most in float32, and what the rows of all tokens are computed in.
      MemoryLayout<Float>.stride * largest + float64 * tokens * row
      // Patterns of one layer.
      + float64 * model.heads * sequences.reduce(0) { $0 + $1.count * $1.count }
      // Both runs' residual streams and logits.
      + both * tokens * ((model.layers + 1) * model.width + model.vocabularySize)
    return Work(
      tokens: tokens, bytes: bytes, sequences: sequences.count, longest: sequences.map(\.count).max() ?? 0)
  }
}
