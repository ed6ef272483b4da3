import Experiment
import Manuscript

/// What happens while an experiment runs, for whoever watches.
public enum Event: Sendable {
  /// A cell begins to run; it is number `index` of `count`.
  case started(label: String, kind: String, index: Int, count: Int)
  /// A running cell has done so much of its work.
  case progress(label: String, done: Int, total: Int)
  /// A cell ran to its end.
  case finished(label: String, seconds: Double)
  /// A cell's results were there already.
  case reused(label: String)
  /// The parity certificate of a model is being made: so many of the float64 reference's layers are done.
  case comparing(model: String, done: Int, total: Int)
  /// It was found how a model reads its data.
  case read(PromptSet)
  /// A cell failed.
  case failed(label: String, message: String)
}
