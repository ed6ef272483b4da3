import Experiment
import Tensor

/// What running an experiment will do: which cells run, which are reused, and how much work that is.
public struct Plan: Sendable {
  /// One cell of the plan.
  public struct Step: Sendable {
    /// What will become of the cell.
    public enum Fate: String, Sendable {
      case reuse, run
      /// It waits for a model that is yet to be written, so that its key is not known.
      case runAfterTraining = "run after training"
    }

    /// The cell's label.
    public let label: String
    /// The cell's kind.
    public let kind: String
    /// What will become of it.
    public let fate: Fate
    /// How much work it is; nothing if it is reused.
    public let work: Work
    /// What it takes in memory; nothing if it is reused.
    public let memory: Memory
    /// What its results are kept under; `nil` as long as it waits.
    public let key: Digest?
  }

  /// The experiment's name.
  public let experiment: String
  /// The cells, in the order in which they run.
  public let steps: [Step]
  /// What making the parity certificates that are not there yet takes in memory, the largest; `nil` if all are.
  public let certificates: Memory?
  /// Weights that each token passes.
  public let parameters: Int

  /// How many cells will run.
  public var running: Int { steps.filter { $0.fate != .reuse }.count }
  /// Tokens that will pass through a model.
  public var tokens: Int { steps.filter { $0.fate != .reuse }.reduce(0) { $0 + $1.work.tokens } }
  /// About how long it will take, in seconds, judged by a product of matrices on this machine at this moment; `nil` if
  /// nothing runs, or the model is yet to be made.
  public var seconds: Double? {
    guard running > 0, tokens > 0, parameters > 0 else { return nil }
    return Double(tokens) * 2 * Double(parameters) / Speed.operationsPerSecond()
  }

  /// What the cell, or the certificate, that takes most takes in memory; `nil` if nothing runs.
  public var memory: Memory? {
    (steps.filter { $0.fate != .reuse }.map(\.memory) + [certificates].compactMap { $0 }).max { $0.peak < $1.peak }
  }
}
