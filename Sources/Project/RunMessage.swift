import Experiment
import Foundation
import Ledger
import Manuscript

/// What a record's commit message says of the run: verdicts, headline values with what moved, and where claims stand.
///
/// It is written when a run is recorded and read back by `palimpsest log`, which need not open ten thousand records.
public struct RunMessage: Sendable {
  /// A claim with its verdict.
  public struct Claim: Hashable, Sendable, Codable {
    /// The claim's label.
    public let label: String
    /// How it came out.
    public let verdict: Verdict
    /// What is claimed.
    public let says: String
    /// Whether it was made before its results; `nil` in records from before that was told.
    public var standing: Registration.Standing?
  }

  /// A headline value.
  public struct Headline: Hashable, Sendable, Codable {
    /// The path that claims use.
    public let path: String
    /// The value with its interval, as prose writes it.
    public let value: String
    /// What it was in the record before, if it moved.
    public let before: String?
    /// Whether it moved, and past its interval.
    public let movement: Movement
  }

  /// The experiment.
  public var experiment: String
  /// The claims, in the document's order.
  public var claims: [Claim]
  /// The headline values, in order of importance.
  public var values: [Headline]
  /// The cells that failed, with what went wrong.
  public var failures: [Failure]
  /// The labels of the cells that were dropped from the document after they had run.
  public var withdrawn: [String]

  /// A cell that failed.
  public struct Failure: Hashable, Sendable, Codable {
    /// Its label.
    public let label: String
    /// What went wrong.
    public let message: String
  }

  /// Stands in a message for the commit that holds it, whose name is not known when it is written.
  package static let thisCommit = "this commit"

  /// The verdict of all claims together; `nil` if there are none.
  public var verdict: Verdict? { claims.isEmpty ? nil : .combined(claims.map(\.verdict)) }

  /// What is to be said of a record.
  public init(_ record: Record, after before: Record?, trail: Trail) {
    experiment = record.experiment
    let old = Dictionary(before?.headline.map { ($0.path, $0.value) } ?? []) { first, _ in first }
    values = record.headline.map { path, value in
      let movement = Movement(from: old[path], to: value)
      let moved = [.beyond, .within, .changed].contains(movement)
      return Headline(
        path: path, value: value.formatted, before: moved ? old[path]?.formatted : nil, movement: movement)
    }
    let standings = Dictionary(trail.registrations.map { ($0.label, $0.standing) }) { first, _ in first }
    claims = record.claims.map {
      Claim(label: $0.label, verdict: $0.verdict, says: $0.says, standing: standings[$0.label])
    }
    failures = record.cells.compactMap { cell in cell.failure.map { Failure(label: cell.label, message: $0) } }
    withdrawn = trail.withdrawn.map(\.label)
    self.was = before?.verdict
    self.trail = trail
  }

  private var was: Verdict?
  private var trail = Trail()
}

extension RunMessage {
  /// The message as it is committed: the verdict and the first values that moved, then a line for each claim, value,
  /// failure and withdrawn cell, then where each claim stands.
  package func commitMessage(trailers: [CommitMessage.Trailer]) -> CommitMessage {
    let lines =
      claims.map { "\($0.verdict): \($0.label): \(Self.line($0.says))" } + values.map { "\($0.path) = \($0.text)" }
      + failures.map { "failed: \($0.label): \(Self.line($0.message))" } + withdrawn.map { "withdrawn: \($0)" }
    let standings = trail.registrations.map { claim in
      let wording = "worded in \(claim.isInSource ? "source " : "")\(Self.short(claim.wording))"
      let first = claim.firstResult.map { ", first result in \(Self.short($0))" } ?? ""
      return CommitMessage.Trailer("Claim", "\(claim.label) \(claim.standing.rawValue); \(wording)\(first)")
    }
    return CommitMessage(subject: subject, body: lines, trailers: trailers + standings)
  }

  private var subject: String {
    var parts: [String] = []
    if !failures.isEmpty { parts.append("\(failures.count) cell\(failures.count == 1 ? "" : "s") failed") }
    if let verdict {
      parts.append(was == nil || was == verdict ? "\(verdict)" : "\(verdict) (was \(was.map { "\($0)" } ?? ""))")
    }
    let moved = values.filter { $0.movement != .equal }
    parts += (moved.isEmpty ? Array(values.prefix(1)) : Array(moved.prefix(2))).map { "\($0.path) \($0.text)" }
    return "\(experiment): " + (parts.isEmpty ? "recorded" : parts.joined(separator: ", "))
  }

  private static func short(_ commit: String) -> String {
    commit == thisCommit ? commit : String(commit.prefix(10))
  }

  private static func line(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: " ").trimmingCharacters(in: .whitespaces)
  }

  /// Reads a commit's message back; `nil` for one that holds no record of the experiment.
  package init?(_ message: CommitMessage.Lines, experiment: String) {
    guard message.subject.hasPrefix("\(experiment): ") else { return nil }
    self.experiment = experiment
    (claims, values, failures, withdrawn) = ([], [], [], [])
    var standings: [String: Registration.Standing] = [:]
    for trailer in message.trailers where trailer.key == "Claim" {
      guard let (head, _) = Self.cut(trailer.value, at: ";") else { continue }
      for standing in Registration.Standing.allCases {
        guard let label = Self.stem(head, before: " " + standing.rawValue) else { continue }
        standings[String(label)] = standing
      }
    }
    for line in message.body {
      if let (verdict, label, says) = Self.claim(line) {
        claims.append(Claim(label: label, verdict: verdict, says: says, standing: standings[label]))
      } else if line.hasPrefix("failed: ") {
        let (label, message) = Self.split(line.dropFirst(8), at: ": ")
        failures.append(Failure(label: String(label), message: String(message)))
      } else if line.hasPrefix("withdrawn: ") {
        withdrawn.append(String(line.dropFirst(11)))
      } else if let (path, rest) = Self.cut(line, at: " = ") {
        values.append(Headline(String(path), rest))
      }
    }
  }

  private static func claim(_ line: Substring) -> (Verdict, label: String, says: String)? {
    guard let (word, rest) = cut(line, at: ": "), let verdict = Verdict(rawValue: String(word)) else { return nil }
    let (label, says) = split(rest, at: ": ")
    return (verdict, String(label), String(says))
  }

  /// What stands before a text's last words; `nil` if they are others. By bytes, as ``cut(_:at:)``.
  fileprivate static func stem(_ text: Substring, before words: String) -> Substring? {
    let (bytes, last) = (text.utf8, words.utf8)
    guard bytes.suffix(last.count).elementsEqual(last) else { return nil }
    return Substring(bytes.dropLast(last.count))
  }

  /// What stands before and behind a separator; all before it if there is none.
  fileprivate static func split(_ text: Substring, at separator: String) -> (Substring, Substring) {
    cut(text, at: separator) ?? (text, "")
  }

  /// What stands before and behind the first separator; `nil` if there is none. By bytes: a log reads many lines.
  private static func cut(_ text: Substring, at separator: String) -> (Substring, Substring)? {
    let found = text.utf8.withContiguousStorageIfAvailable { $0.place(of: separator.utf8) }
    guard let offset = found ?? nil else { return nil }
    let end = text.utf8.index(text.startIndex, offsetBy: offset)
    return (text[..<end], text[text.utf8.index(end, offsetBy: separator.utf8.count)...])
  }
}

extension RunMessage.Headline {
  /// `0.982 [0.971, 0.990] (was 0.95 [0.94, 0.96], beyond its interval)`
  var text: String {
    guard let before else { return value }
    return "\(value) (was \(before)\(movement == .beyond ? ", beyond its interval" : ""))"
  }

  /// Reads ``text`` back.
  fileprivate init(_ path: String, _ rest: Substring) {
    let (value, was) = RunMessage.split(rest, at: " (was ")
    let beyond = RunMessage.stem(was, before: ", beyond its interval)")
    let before = was.isEmpty ? nil : String(beyond ?? was.dropLast())
    // Messages from before there was a word for it say “beyond” of values without an interval too.
    let areIntervals = value.hasSuffix("]") && before?.hasSuffix("]") == true
    let movement: Movement = !areIntervals ? .changed : beyond == nil ? .within : .beyond
    self.init(path: path, value: String(value), before: before, movement: before == nil ? .equal : movement)
  }
}
