import Foundation
import Kernels
import Tensor

/// Chooses tokens for one sequence.
struct Sampler: Sendable {
  private enum Kind: Sendable {
    case greedy
    case temperature(Float, RandomStream)
  }

  private let kind: Kind

  init(_ sampling: GenerationOptions.Sampling, prompt: [Int], draw: UInt64) {
    switch sampling {
    case .greedy: kind = .greedy
    case .temperature(let temperature, let seed):
      let name = Digest(of: prompt.map(String.init).joined(separator: ","))
      let stream = RandomStream(seed: seed, purpose: "generation").child(name)
      kind = .temperature(Float(temperature), draw == 0 ? stream : stream.child(draw))
    }
  }

  /// The token for one step of the response: `logits` is `[vocab]`.
  func token(from logits: UnsafeBufferPointer<Float>, step: Int) -> Int {
    guard let base = logits.baseAddress else { return 0 }
    let best = Int(kernels_argmax(base, Int64(logits.count)))
    guard case .temperature(let temperature, let stream) = kind else { return best }
    let largest = logits[best]
    var weights = logits.map { ($0 - largest) / temperature }
    weights.withUnsafeMutableBufferPointer { weights in
      guard let base = weights.baseAddress else { return }
      kernels_exp(base, base, Int64(weights.count))
    }
    // Inverse of the cumulative distribution, in the order of the vocabulary, in float64.
    let total = weights.reduce(0.0) { $0 + Double($1) }
    let target = stream.uniform(at: UInt64(step)) * total
    var sum = 0.0
    for (token, weight) in weights.enumerated() {
      sum += Double(weight)
      if target < sum { return token }
    }
    return best
  }
}
