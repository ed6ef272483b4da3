import CEdit
import Foundation

/// Reads what somebody types, line by line: with editing and a history on a terminal, plainly from a pipe.
struct LineEditor {
  private let isLive = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1

  /// The next line; `nil` when there are no more.
  func line(_ prompt: String) -> String? {
    guard isLive else { return readLine() }
    guard let typed = readline(prompt) else {
      Terminal.print("")
      return nil
    }
    defer { free(typed) }
    let line = String(cString: typed)
    if !line.allSatisfy(\.isWhitespace) { add_history(typed) }
    return line
  }
}
