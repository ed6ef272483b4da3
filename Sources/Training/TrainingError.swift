import Foundation

/// Why training could not start, go on, or be taken up again.
public enum TrainingError: Error, Hashable, CustomStringConvertible {
  /// Gradients are written for a plain Llama only.
  case architecture(family: String)
  /// A hyper-parameter that no training can be done with.
  case hyperparameter(name: String, value: String, expected: String)
  /// A batch that cannot be learnt from.
  case batch(sequence: Int, problem: String)
  /// The loss or the gradient is not a finite number any more. The weights are those before the step.
  case diverged(step: Int, quantity: String, value: Double, learningRate: Double)
  /// A checkpoint of another training.
  case checkpoint(file: String, key: String, expected: String, found: String)

  /// What was expected and found, and what to do.
  public var description: String {
    switch self {
    case .architecture(let family):
      "a \(family) model of this kind cannot be trained: gradients are written for plain Llama models only"
    case .hyperparameter(let name, let value, let expected):
      "The hyper-parameter \(name) is \(value), but it must be \(expected)."
    case .batch(let sequence, let problem) where sequence < 0:
      "The batch cannot be learnt from: \(problem)."
    case .batch(let sequence, let problem):
      "Sequence \(sequence) of the batch cannot be learnt from: \(problem)."
    case .diverged(let step, let quantity, let value, let rate):
      """
      At step \(step) the \(quantity) is \(value): training has diverged at a learning rate of \(rate). The weights \
      are those before this step. Lower the peak learning rate or lengthen the warm-up, and start again from an \
      earlier checkpoint.
      """
    case .checkpoint(let file, let key, let expected, let found):
      """
      The checkpoint \(file) belongs to another training: its \(key) is \(found), expected \(expected). Resume it \
      with the configuration, hyper-parameters and seed that it was written with, or remove it to start afresh.
      """
    }
  }
}
