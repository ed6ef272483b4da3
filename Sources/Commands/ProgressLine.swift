import Experiment
import Foundation
import Runner
import Synchronization

/// Tells how far a run has come: one live line on a terminal, a line for each event elsewhere.
final class ProgressLine: Sendable {
  private struct State {
    var began = ContinuousClock.now
    var drawn = ContinuousClock.now
    var isDrawn = false
  }

  private let state = Mutex(State())

  /// Shows an event of a running experiment.
  @Sendable func show(_ experiment: String, _ event: Event) {
    switch event {
    case .started(let label, let kind, let index, let count):
      state.withLock { $0.began = .now }
      line("\(experiment): \(label) {\(kind)}, cell \(index + 1) of \(count)", isLasting: !Terminal.isLive)
    case .progress(let label, let done, let total):
      guard Terminal.isLive, total > 0 else { return }
      let began: ContinuousClock.Instant? = state.withLock { state in
        guard done == total || ContinuousClock.now - state.drawn > .milliseconds(100) else { return nil }
        state.drawn = .now
        return state.began
      }
      guard let began else { return }
      let seconds = (ContinuousClock.now - began) / .seconds(1)
      let rate = Double(done) / max(seconds, 1e-9)
      let left = done > 0 ? ", \(Terminal.duration(Double(total - done) / rate)) left" : ""
      line(
        "\(experiment): \(label) \(100 * done / total)% (\(done)/\(total), \(String(format: "%.0f", rate))/s\(left))",
        isLasting: false)
    case .finished(let label, let seconds):
      line("\(experiment): \(label) done in \(Terminal.duration(seconds))", isLasting: true)
    case .reused: break
    case .comparing(let model, let done, let total):
      let isDue = state.withLock { state in
        guard Terminal.isLive, ContinuousClock.now - state.drawn > .milliseconds(100) else { return false }
        state.drawn = .now
        return true
      }
      if isDue {
        line("\(experiment): comparing \(model) with float64, layer \(done) of \(total)", isLasting: false)
      }
    case .read(let set): for text in Self.words(for: set) { line(text, isLasting: true) }
    case .failed(let label, _):
      line("\(experiment): \(label) failed", isLasting: true)
    }
  }

  /// Shows how far a run has come, and nothing that lasts.
  @Sendable func showLive(_ experiment: String, _ event: Event) {
    switch event {
    case .started, .progress, .comparing: show(experiment, event)
    default: break
    }
  }

  /// How a model reads its data: lengths, one prompt token by token, and how exact the engine is.
  private static func words(for set: PromptSet) -> [String] {
    func number(_ path: String...) -> String { set.results[path]?.plain ?? "0" }
    var lines = [
      "\(set.model) reads \(set.data): \(number("tokens", "prompts")) prompts of \(number("tokens", "shortest")) to "
        + "\(number("tokens", "longest")) tokens"
    ]
    if let table = set.results.tables.first(where: { $0.name == "tokens" }) {
      lines += Terminal.columns(table.rows.map { $0.map(\.plain) }).map { "  \($0)" }
    }
    if case .number(let worst)? = set.results[["parity", "relative"]] {
      lines.append(
        "  parity with float64 on \(number("parity", "prompts")) prompts: within \(String(format: "%.1e", worst)) of each "
          + "tensor's largest value")
    }
    return lines + set.results.notes.map { "  \($0)" }
  }

  /// Takes the live line away.
  func clear() {
    let isDrawn = state.withLock { state in
      defer { state.isDrawn = false }
      return state.isDrawn
    }
    if isDrawn { Terminal.write("\r\u{1B}[K") }
  }

  private func line(_ text: String, isLasting: Bool) {
    guard Terminal.isLive else {
      if isLasting { Terminal.write(text + "\n") }
      return
    }
    Terminal.write("\r\u{1B}[K" + text + (isLasting ? "\n" : ""))
    state.withLock { $0.isDrawn = !isLasting }
  }
}
