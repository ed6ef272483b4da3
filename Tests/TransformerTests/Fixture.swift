import Foundation
import Tensor
import Testing
import Transformer

/// A tiny model with random weights, the same in every run.
enum Fixture {
  static func configuration(tied: Bool = true, layers: Int = 3) throws -> ModelConfiguration {
    try ModelConfiguration(
      vocabularySize: 61, width: 40, layers: layers, heads: 4, keyValueHeads: 2, headSize: 12, feedForwardWidth: 72,
      tiedEmbeddings: tied, maximumPositions: 64)
  }

  /// Uniform weights whose products keep the size of what they are applied to; norms about 1.
  static func weights(_ configuration: ModelConfiguration, seed: UInt64 = 7) -> [String: Tensor] {
    var weights: [String: Tensor] = [:]
    for parameter in configuration.parameters {
      let stream = RandomStream(seed: seed, purpose: parameter.name)
      let scale = parameter.shape.count == 1 ? 0.2 : 2 / Double(parameter.shape[1]).squareRoot()
      let offset = parameter.shape.count == 1 ? 1.0 : 0
      weights[parameter.name] = Tensor(
        parameter.shape,
        (0..<parameter.count).map { (i: Int) -> Float in
          Float(offset + scale * (2 * stream.uniform(at: UInt64(i)) - 1))
        })
    }
    return weights
  }

  static func model(tied: Bool = true) throws -> Model {
    let configuration = try configuration(tied: tied)
    return try Model(configuration: configuration, weights: weights(configuration))
  }

  /// Token sequences of many lengths.
  static func prompts(_ count: Int = 9) -> [[Int]] {
    let stream = RandomStream(seed: 3, purpose: "prompts")
    return (0..<count).map { (i: Int) -> [Int] in
      let length = 1 + (i * 7) % 19
      return (0..<length).map { (j: Int) -> Int in Int(stream.bits(at: UInt64(i * 100 + j)) % 61) }
    }
  }

  /// A vector of numbers between -1 and 1.
  static func vector(_ count: Int, _ purpose: String = "vector") -> [Float] {
    let stream = RandomStream(seed: 5, purpose: purpose)
    return (0..<count).map { Float(2 * stream.uniform(at: UInt64($0)) - 1) }
  }

  /// Every hook that a run of the fixture can capture.
  static let everything = sites.map { HookPattern($0) }
  /// The sites that the fixture's architecture has.
  static let sites = (try? configuration()).map(HookSite.all) ?? []
}

/// Runs `body` with a number of threads. Tests that run meanwhile see it too, and their results do not change.
func withThreads<R>(_ count: Int, _ body: () throws -> R) rethrows -> R {
  try Threads.limited(to: count, body)
}

extension Forward {
  /// The bits of everything that was captured in one sequence, and of its logits, by name.
  func bits(_ configuration: ModelConfiguration, sequence: Int) throws -> [String: [UInt32]] {
    var all = ["logits": try logits(sequence: sequence).values.map(\.bitPattern)]
    for hook in activations.hooks {
      all[hook.description] = try activation(hook, sequence: sequence).values.map(\.bitPattern)
    }
    return all
  }
}

/// The name of the first tensor whose bits differ.
func firstDifference(_ a: [String: [UInt32]], _ b: [String: [UInt32]]) -> String? {
  Set(a.keys).union(b.keys).sorted().first { a[$0] != b[$0] }
}
