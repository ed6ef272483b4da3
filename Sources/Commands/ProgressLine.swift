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
    case .failed(let label, _):
      line("\(experiment): \(label) failed", isLasting: true)
    }
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
