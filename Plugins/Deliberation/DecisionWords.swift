import Deliberation
import Experiment
import Labelling
import Manuscript

/// What the data call each of the three decisions: `{ refuse: unsafe, comply: [safe, ok] }`.
package struct DecisionWords: SettingValue, Hashable {
  private let decisions: [String: Decision]

  /// - Parameter words: what each decision is called.
  package init(_ words: [Decision: [String]]) {
    decisions = Dictionary(words.flatMap { entry in entry.value.map { ($0, entry.key) } }) { first, _ in first }
  }

  /// The words that documents use themselves.
  package static let usual = DecisionWords([
    .refuse: ["refuse"], .caveat: ["caveat", "partial"], .comply: ["comply"],
  ])

  /// The decision that a word of the data means.
  package subscript(word: String) -> Decision? { decisions[word] }

  /// Every word, sorted.
  package var words: [String] { decisions.keys.sorted() }

  package static var form: String { "a map from refuse, caveat, comply to the data's words" }

  package var written: String {
    let groups = Decision.allCases.map { decision in
      "\(decision.rawValue): \(decisions.filter { $0.value == decision }.keys.sorted().written)"
    }
    return "{" + groups.joined(separator: ", ") + "}"
  }

  package static func read(_ yaml: YAMLValue) throws(Problem) -> DecisionWords {
    guard let entries = yaml.entries else {
      throw Problem("found \(yaml.summary)", at: yaml.location, expected: "expected: \(form)")
    }
    var words: [Decision: [String]] = [:]
    for entry in entries {
      guard let decision = Decision(rawValue: entry.key.value) else {
        throw Problem.unknown(
          entry.key.value, kind: "decision", allowed: Decision.allCases.map(\.rawValue), at: entry.key.location)
      }
      words[decision] = try [String].read(entry.value)
    }
    return DecisionWords(words)
  }
}
