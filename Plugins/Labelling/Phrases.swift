import Experiment
import Manuscript

/// Phrases by category, as a document declares them: `{ theft: [stealing, is not yours], fraud: fraud }`.
package struct Phrases: SettingValue, Hashable {
  /// By category, in alphabetical order, so that the order in which a document lists them changes nothing.
  package let categories: [Category]

  /// One category with its phrases.
  package struct Category: Hashable, Sendable {
    /// What it is called.
    package let name: String
    /// What names it.
    package let phrases: [String]
  }

  /// Phrases by the name of their category.
  package init(_ phrases: [String: [String]]) {
    categories = phrases.sorted { $0.key < $1.key }.map { Category(name: $0.key, phrases: $0.value) }
  }

  /// None.
  package static let none = Phrases([:])

  package static var form: String { "a map from categories to phrases" }

  package var written: String {
    "{" + categories.map { "\($0.name.written): \($0.phrases.written)" }.joined(separator: ", ") + "}"
  }

  package static func read(_ yaml: YAMLValue) throws(Problem) -> Phrases {
    guard let entries = yaml.entries else {
      throw Problem("found \(yaml.summary)", at: yaml.location, expected: "expected: \(form)")
    }
    var phrases: [String: [String]] = [:]
    for entry in entries { phrases[entry.key.value] = try [String].read(entry.value) }
    return Phrases(phrases)
  }
}
