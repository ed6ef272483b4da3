import Kernels

/// AdamW with the gradient's global norm clipped, over the flat weights.
final class Optimizer {
  let first: FloatBuffer
  let second: FloatBuffer
  private let hyperparameters: TrainingHyperparameters
  private let chunks: [Chunk]

  /// A piece of one parameter.
  private struct Chunk {
    let range: Range<Int>
    let decays: Bool
  }

  /// Numbers in a chunk: what one task squares or updates, and the unit in which the norm is summed.
  private static let grain = 16_384

  init(_ layout: ParameterLayout, _ hyperparameters: TrainingHyperparameters) {
    first = FloatBuffer(count: layout.count)
    second = FloatBuffer(count: layout.count)
    self.hyperparameters = hyperparameters
    chunks = layout.entries.flatMap { entry in
      stride(from: entry.range.lowerBound, to: entry.range.upperBound, by: Self.grain).map {
        Chunk(range: $0..<min(entry.range.upperBound, $0 + Self.grain), decays: entry.decays)
      }
    }
  }

  /// The gradient's Euclidean norm over all parameters: float32 within a chunk, float64 over chunks in their order.
  func norm(of gradients: FloatBuffer, loop: ParallelLoop) -> Double {
    var squares = [Double](repeating: 0, count: chunks.count)
    squares.withUnsafeMutableBufferPointer { squares in
      loop.run(chunks.count) { index, _ in
        let start = gradients.base + chunks[index].range.lowerBound
        squares[index] = Double(kernels_dot(start, start, Int64(chunks[index].range.count)))
      }
    }
    return squares.reduce(0, +).squareRoot()
  }

  /// Updates weights and moments.
  ///
  /// - Parameters:
  ///   - step: counted from 0.
  ///   - norm: what ``norm(of:loop:)`` gave.
  func update(
    _ weights: FloatBuffer, gradients: FloatBuffer, norm: Double, learningRate: Double, step: Int, loop: ParallelLoop
  ) {
    let clip = hyperparameters.clipNorm
    var parameters = kernels_adamw()
    parameters.gradient_scale = clip > 0 && norm > clip ? Float(clip / norm) : 1
    parameters.beta1 = Float(hyperparameters.beta1)
    parameters.beta2 = Float(hyperparameters.beta2)
    parameters.correction1 = Float(1 / (1 - PortableMath.power(hyperparameters.beta1, step + 1)))
    parameters.correction2 = Float(1 / (1 - PortableMath.power(hyperparameters.beta2, step + 1)))
    parameters.epsilon = Float(hyperparameters.epsilon)
    parameters.learning_rate = Float(learningRate)
    let common = parameters
    loop.run(chunks.count) { index, _ in
      let chunk = chunks[index]
      let start = chunk.range.lowerBound
      var parameters = common
      parameters.decay = chunk.decays ? Float(hyperparameters.weightDecay) : 0
      kernels_adamw_step(
        &parameters, weights.base + start, gradients.base + start, first.base + start, second.base + start,
        Int64(chunk.range.count))
    }
  }
}
