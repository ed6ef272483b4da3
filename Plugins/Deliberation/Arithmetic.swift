import Transformer

/// What a model computes for some tokens, in multiplications: each weight of the blocks once a token, attention over all
/// tokens before it, and the unembedding once for each token that is generated. It depends on no machine.
struct Arithmetic {
  private let perToken: Double
  private let perPair: Double
  private let unembedding: Double

  init(_ model: ModelConfiguration) {
    let embeddings = model.vocabularySize * model.width * (model.tiedEmbeddings ? 1 : 2)
    perToken = Double(model.parameterCount - embeddings)
    perPair = Double(2 * model.queryWidth * model.layers)
    unembedding = Double(model.vocabularySize * model.width)
  }

  /// For tokens that stand behind others.
  ///
  /// - Parameters:
  ///   - tokens: how many.
  ///   - before: how many stand before them, and are kept.
  ///   - generated: of how many the next one is asked for.
  func multiplications(_ tokens: Int, behind before: Int, generated: Int) -> Double {
    let (n, start) = (Double(tokens), Double(before))
    let pairs = n * start + n * (n + 1) / 2
    return n * perToken + pairs * perPair + Double(generated) * unembedding
  }
}
