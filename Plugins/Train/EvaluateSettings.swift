import Experiment
import World

/// What an `{evaluate}` cell may say.
package struct EvaluateSettings: CellSettings {
  /// A way of getting to the answer.
  package enum Arm: String, SettingChoice {
    /// The response follows at once.
    case direct
    /// Thoughts of the model's own, then a decision token.
    case deliberate
    /// As many meaningless tokens as another prompt's thoughts would take, then a decision token.
    case filler
    /// The thoughts that belong to another prompt, then a decision token.
    case swapped
  }

  var families: [FamilyName] = [.init(.single)]
  var splits: [SplitName] = [.init(.heldOutCombination)]
  var arms: [Arm] = [.direct, .deliberate]
  var pivotal = false
  var count = 100

  package init() {}

  package static let keys: [SettingKey<EvaluateSettings>] = [
    .optional("families", \.families, "Families of requests."),
    .optional("splits", \.splits, "What about the requests training never saw; families without such are passed over."),
    .optional("arms", \.arms, "How the answer is got to."),
    .optional("pivotal", \.pivotal, "Only requests whose steps decide the label."),
    .optional("count", \.count, "Requests of each family and split."),
  ]
}

/// A family of requests by its name in documents.
struct FamilyName: SettingChoice {
  let family: Family
  init?(rawValue: String) {
    guard let family = Family(rawValue: rawValue) else { return nil }
    self.family = family
  }
  init(_ family: Family) { self.family = family }
  var rawValue: String { family.rawValue }
  static var allCases: [FamilyName] { Family.allCases.map(FamilyName.init) }
}

/// What training held out, by its name in documents.
struct SplitName: SettingChoice {
  let split: Split
  init?(rawValue: String) {
    guard let split = Split(rawValue: rawValue) else { return nil }
    self.split = split
  }
  init(_ split: Split) { self.split = split }
  var rawValue: String { split.rawValue }
  static var allCases: [SplitName] { Split.allCases.map(SplitName.init) }
}
