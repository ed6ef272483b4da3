import Foundation
import Manuscript
import Project

/// What a person sees: results on standard output, everything else on standard error, colours only on a terminal.
enum Terminal {
  private static let coloursErrors =
    isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
  private static let coloursOutput =
    isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil

  /// Whether standard error is a terminal, where a line can be drawn over.
  static let isLive = isatty(STDERR_FILENO) == 1

  /// Writes to standard error.
  static func write(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }

  /// Writes to standard output, in one piece.
  static func output(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }

  /// `2026-11-25`, as Greenwich counts days.
  static func date(_ date: Date) -> String { String(date.ISO8601Format().prefix(10)) }

  static func error(_ text: String) {
    // Problems of documents carry their place and the word already.
    let isPlaced = text.contains(": error: ")
    write(isPlaced ? "\(text)\n" : "\(coloursErrors ? "\u{1B}[31merror:\u{1B}[0m" : "error:") \(text)\n")
  }

  /// A line about what was just shown, faint on a terminal.
  static func status(_ text: String) { write(coloursErrors ? "\u{1B}[2m\(text)\u{1B}[0m\n" : "\(text)\n") }

  static func note(_ text: String) { write("note: \(text)\n") }

  static func faint(_ text: String) -> String { coloursOutput ? "\u{1B}[2m\(text)\u{1B}[0m" : text }

  /// A verdict in twelve columns.
  static func verdict(_ verdict: Verdict) -> String {
    let word = verdict.rawValue.padding(toLength: 12, withPad: " ", startingAt: 0)
    guard coloursOutput else { return word }
    let colour =
      switch verdict {
      case .supported: "36"
      case .refuted: "31"
      case .inconclusive: "90"
      }
    return "\u{1B}[\(colour)m\(word)\u{1B}[0m"
  }

  /// Rows of cells as lines whose columns are as wide as their widest cell.
  static func columns(_ rows: [[String]]) -> [String] {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
      return String(cells.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
    }
  }

  static func duration(_ seconds: Double) -> String {
    switch seconds {
    case ..<10: String(format: "%.1f s", seconds)
    case ..<120: String(format: "%.0f s", seconds)
    case ..<7200: String(format: "%.0f min", seconds / 60)
    default: String(format: "%.1f h", seconds / 3600)
    }
  }

  /// What became of an experiment, in a line or two.
  static func summary(of run: Project.Run) {
    let cells =
      run.outcome.map { $0.ran == 0 ? nil : "\($0.ran) ran, \($0.reused) reused" } ?? nil
    let commit =
      run.recorded?.isNew == true
      ? "recorded as \(run.commit.short)" : "no change, no new commit (\(run.commit.short))"
    let verdict = run.verdict.map(Self.verdict) ?? faint("no claims   ")
    print("\(verdict)  \(run.experiment): \(cells ?? "all \(run.cells) cells reused"); \(commit)")
    if let remote = run.recorded?.continuedFrom { note("the results continue those of \(remote)") }
    for (label, message) in run.outcome?.failures ?? [] { error("\(run.experiment): \(label): \(message)") }
    for problem in run.outcome?.problems ?? [] { write("\(problem)\n") }
  }
}
