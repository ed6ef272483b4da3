import Experiment
import Transformer

/// The axis that harm is measured along at one layer: 0 is the mean harmless prompt of the training rows, 1 the mean
/// harmful one. It is a projection, taken before anything that saturates reads it.
struct HarmAxis: Sendable {
  let hook: HookPoint
  private let unit: [Double]
  private let origin: Double
  private let length: Double

  /// - Parameters:
  ///   - rows: what the hook has in each training prompt.
  ///   - train: those prompts.
  /// - Throws: `NoAxis` if harmful and harmless prompts are the same there.
  init(_ hook: HookPoint, rows: [[Float]], of train: CategoryPrompts) throws {
    let (low, high) = (Mean.of(rows, train.harmless), Mean.of(rows, train.harmful))
    let difference = zip(high, low).map { $0 - $1 }
    let norm = difference.reduce(0) { $0 + $1 * $1 }.squareRoot()
    guard norm > 0, norm.isFinite else { throw NoAxis(hook: hook.description) }
    self.hook = hook
    unit = difference.map { $0 / norm }
    origin = zip(low, unit).reduce(0) { $0 + $1.0 * $1.1 }
    length = norm
  }

  /// How harmful an activation is.
  func value(_ activation: [Float]) -> Double {
    var sum = 0.0
    for (x, r) in zip(activation, unit) { sum += Double(x) * r }
    return (sum - origin) / length
  }
}

/// Harmful and harmless prompts cannot be told apart at a hook.
struct NoAxis: Error, CustomStringConvertible {
  let hook: String

  var description: String {
    "harmful and harmless training prompts are the same at \(hook), so there is nothing to measure along; "
      + "read a later layer"
  }
}
