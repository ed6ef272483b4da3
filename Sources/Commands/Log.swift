import ArgumentParser
import Experiment
import Foundation
import Project
import Tensor

/// `palimpsest log`
struct Log: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "List what was found, newest first: verdicts, and headline values with what moved.",
    discussion: """
      ▲ marks a value that moved past its interval, ~ one that moved within it. With --json, a line of JSON for each
      record, told from the record itself, with every headline value as a number.

      EXAMPLES
        palimpsest log
        palimpsest log claim-a-harmfulness-feature --limit 5
        palimpsest log --from results@{2026-11-20}
        palimpsest log --json | jq .values
      """)

  @Argument(help: "An experiment's name; all experiments if left out.", completion: .experiments)
  var experiment: String?

  @Option(name: [.short, .long], help: "Show at most so many.")
  var limit: Int?

  @Option(help: "Begin at this revision: a commit, branch, tag, results~3, or a date.", completion: .revisions)
  var from: String?

  @Flag(help: "Print JSON, a line for each record.")
  var json = false

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("“--limit \(limit)”: expected at least 1") }
  }

  func run() throws {
    let project = try Project.current()
    let log = try project.log(of: experiment, limit: limit, from: from)
    guard json else {
      let piece = 256
      let pieces = Threads.map((log.count + piece - 1) / piece) { index in
        log[index * piece..<min(log.count, (index + 1) * piece)].map { Self.line($0) + "\n" }.joined()
      }
      for text in pieces { Terminal.output(text) }
      return
    }
    for logged in log {
      for record in try project.details(of: logged) where experiment == nil || record.experiment == experiment {
        Terminal.output(try JSONLine.encode(record) + "\n")
      }
    }
  }

  private static func line(_ logged: Project.Logged) -> String {
    let entry = logged.entry
    let head = "\(entry.commit.short)  \(Terminal.date(entry.date))  "
    let messages = logged.messages
    guard !messages.isEmpty else {
      let word = entry.experiments.isEmpty && !entry.registered.isEmpty ? "registered  " : "            "
      return head + Terminal.faint(word) + "  " + entry.subject
    }
    return messages.map { message in
      let verdict = message.verdict.map(Terminal.verdict) ?? Terminal.faint("no claims   ")
      var parts = [counts(message), standings(message)].filter { !$0.isEmpty }
      parts += message.values.map(value)
      if !message.failures.isEmpty { parts.append("\(message.failures.count) failed") }
      if !message.withdrawn.isEmpty { parts.append("withdrawn: \(message.withdrawn.joined(separator: ", "))") }
      return "\(head)\(verdict)  \(message.experiment): \(parts.joined(separator: " · "))"
    }.joined(separator: "\n")
  }

  /// `2 supported, 1 refuted`; nothing where one word has said it.
  private static func counts(_ message: RunMessage) -> String {
    guard message.claims.count > 1 else { return "" }
    return Set(message.claims.map { $0.verdict.rawValue }).sorted().map { verdict in
      "\(message.claims.count { $0.verdict.rawValue == verdict }) \(verdict)"
    }.joined(separator: ", ")
  }

  private static func standings(_ message: RunMessage) -> String {
    Registration.Standing.allCases.compactMap { standing in
      let count = message.claims.count { $0.standing == standing }
      return count == 0 ? nil : message.claims.count == 1 ? standing.rawValue : "\(count) \(standing.rawValue)"
    }.joined(separator: ", ")
  }

  private static func value(_ value: RunMessage.Headline) -> String {
    let mark = [.beyond: "▲ ", .within: "~ "][value.movement] ?? ""
    return "\(mark)\(value.path) \(value.value)" + (value.before.map { " (was \($0))" } ?? "")
  }
}
