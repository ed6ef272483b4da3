import Foundation
import Training
import Transformer

/// The training loss in float64 by the plain reference, for finite differences.
struct ReferenceLoss {
  let configuration: ModelConfiguration
  let batch: TrainingBatch
  /// Whether a block is left out for a sequence.
  var drops: (_ layer: Int, _ sequence: Int) -> Bool = { _, _ in false }

  /// `sum(weight * cross-entropy) / sum(weight)` with the weights given by name.
  func callAsFunction(_ weights: [String: [Double]]) throws -> Double {
    var sum = 0.0
    var total = 0.0
    for (index, sequence) in batch.sequences.enumerated() {
      let model = try ReferenceModel(configuration: configuration, weights: dropping(weights, sequence: index))
      let logits = try model.forward(Array(sequence.tokens.dropLast())).logits
      for (row, target) in zip(logits, sequence.tokens.dropFirst().indices) {
        let largest = row.max() ?? 0
        let logSum = largest + log(row.reduce(0) { $0 + exp($1 - largest) })
        sum += Double(sequence.weights[target]) * (logSum - row[sequence.tokens[target]])
        total += Double(sequence.weights[target])
      }
    }
    return sum / total
  }

  /// A block whose two output projections are zero is the identity.
  private func dropping(_ weights: [String: [Double]], sequence: Int) -> [String: [Double]] {
    var weights = weights
    for parameter in configuration.parameters {
      switch parameter.role {
      case .attentionOutput(let layer), .down(let layer):
        if drops(layer, sequence) { weights[parameter.name] = Array(repeating: 0, count: parameter.count) }
      default: break
      }
    }
    return weights
  }
}
