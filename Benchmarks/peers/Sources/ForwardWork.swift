import Tensor
import Transformer

/// A forward run of a batch that keeps the residual stream after every block.
struct ForwardWork: Work {
  let sequences: [[Int]]
  /// Two tokens, for the digest.
  let answer: [Int]
  /// The logits of every position, or of the last alone.
  let allLogits: Bool

  enum CodingKeys: String, CodingKey {
    case sequences, answer
    case allLogits = "all_logits"
  }

  func run(on model: Model) throws -> Forward {
    try model.forward(sequences, capture: [HookPattern(.residPost)], logits: allLogits ? .all : .last)
  }

  /// The difference of the two tokens' logits at the last position of each sequence.
  func digest(_ output: Forward) throws -> [Double] {
    try sequences.indices.map { sequence in
      let logits = try output.logits(sequence: sequence)
      let last = logits.shape[0] - 1
      return Double(logits[last, answer[0]]) - Double(logits[last, answer[1]])
    }
  }
}
