import Foundation
import Manuscript
import Project
import Tensor

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
    // What reads it may have gone, which is no reason to end.
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }

  /// Prints a line on standard output: at once on a terminal, else with what else is printed before the end.
  static func print(_ text: String, terminator: String = "\n") {
    do {
      try Output.append((text + terminator).utf8)
      if isatty(STDOUT_FILENO) == 1 { try Output.flush() }
    } catch {
      end(error)
    }
  }

  /// Writes to standard output at once, in one piece.
  static func output(_ text: String) { output(Data(text.utf8)) }

  /// Writes to standard output at once, in one piece.
  static func output(_ bytes: Data) {
    do {
      try Output.append(bytes)
      try Output.flush()
    } catch {
      end(error)
    }
  }

  /// Brings out what was printed. Whoever ends the program does this first: what nobody can read was not done.
  static func flush() {
    do { try Output.flush() } catch { end(error) }
  }

  /// Ends the program because standard output takes no more.
  private static func end(_ refusal: FileError) -> Never {
    // A reader that went away, where the signal for that is not the program's end already.
    if refusal.errno == EPIPE { Foundation.exit(128 + SIGPIPE) }
    error("\(refusal)")
    Foundation.exit(Status(of: refusal).rawValue)
  }

  /// `2026-11-25`, as Greenwich counts days.
  static func date(_ date: Date) -> String {
    // A log has thousands, so by arithmetic: days since 1 March of the year 0, in cycles of 400 years.
    let day = Int((date.timeIntervalSince1970 / 86_400).rounded(.down)) + 719_468
    let cycle = (day >= 0 ? day : day - 146_096) / 146_097
    let inCycle = day - cycle * 146_097
    let year = (inCycle - inCycle / 1_460 + inCycle / 36_524 - inCycle / 146_096) / 365
    let inYear = inCycle - (365 * year + year / 4 - year / 100)
    let shifted = (5 * inYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    func digits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let years = "\(year + cycle * 400 + (month <= 2 ? 1 : 0))"
    return String(repeating: "0", count: max(0, 4 - years.count)) + years + "-" + digits(month) + "-"
      + digits(inYear - (153 * shifted + 2) / 5 + 1)
  }

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
    let word = verdict.rawValue + String(repeating: " ", count: max(0, 12 - verdict.rawValue.utf8.count))
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
