import Experiment
import Foundation
import Statistics
import Tensor
import Training

/// The training loss of every step, kept with each checkpoint.
struct LossCurve: Codable {
  private var loss: [Double] = []
  private var weighted: [Double] = []
  private var tokens: [Int] = []

  /// Takes a training up where its last checkpoint left it, or begins anew.
  ///
  /// - Throws: an error of the checkpoint's files if there is one that cannot be read.
  static func resume(_ trainer: Trainer, from folder: URL) throws -> LossCurve {
    let file = folder.appending(path: "curve.json")
    let weights = folder.appending(path: "checkpoint.safetensors")
    guard FileManager.default.fileExists(atPath: weights.path) else { return LossCurve() }
    try trainer.resume(from: weights)
    var curve = try CanonicalJSON.decode(LossCurve.self, from: try Data(contentsOf: file))
    curve.loss.removeLast(curve.loss.count - trainer.step)
    curve.weighted.removeLast(curve.weighted.count - trainer.step)
    curve.tokens.removeLast(curve.tokens.count - trainer.step)
    return curve
  }

  /// Saves a training. The curve goes first: if the weights do not follow, it is too long, and is cut on resuming.
  ///
  /// - Throws: an error of the file system.
  func save(_ trainer: Trainer, to folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try CanonicalJSON.encode(self).write(to: folder.appending(path: "curve.json"), options: .atomic)
    try trainer.checkpoint(to: folder.appending(path: "checkpoint.safetensors"))
  }

  mutating func add(_ report: StepReport) {
    loss.append(report.loss)
    weighted.append(report.weightedLoss)
    tokens.append(report.tokens)
  }

  /// What a `{train}` cell reports.
  func results(settings: TrainSettings, parameters: Int, corpus: Corpus) -> Results {
    var results = Results()
    let window = min(100, loss.count)
    // Six decimals: what is shown, and no more than a mean over so many steps can tell.
    func mean(_ values: ArraySlice<Double>) -> Double {
      (values.reduce(0, +) / Double(values.count) * 1e6).rounded() / 1e6
    }
    let last = mean(loss.suffix(window))
    results.values = [
      "parameters": .integer(parameters), "steps": .integer(loss.count), "tokens": .integer(tokens.reduce(0, +)),
      "loss": .number(last), "corpus": .group(corpus.values),
    ]
    results.headline = ["loss", "tokens"]
    func series(_ name: String, _ values: [Double]) -> LineChart.Series {
      let starts = stride(from: 0, to: values.count, by: window).map { $0 }
      return LineChart.Series(
        name, x: starts.map { Double(min($0 + window, values.count)) },
        y: starts.map { start in
          let slice = values[start..<min(start + window, values.count)]
          return Estimate(value: mean(slice), n: slice.count)
        })
    }
    results.figures = [
      Figure(
        caption: "Training loss, averaged over \(window) steps.",
        content: .lines(
          LineChart(
            xAxis: .init("step"), yAxis: .init("cross-entropy", unit: "nats per token"),
            series: [series("every token alike", loss), series("weighted, as trained", weighted)])))
    ]
    results.tables = [corpus.table]
    return results
  }
}
