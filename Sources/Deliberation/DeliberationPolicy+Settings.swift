import Experiment
import Manuscript

extension DeliberationPolicy: CellSettings {
  /// What a policy's file may say.
  public static let keys: [SettingKey<DeliberationPolicy>] = [
    .optional("think", \.think, "Tokens of thinking at most; 0 decides at once."),
    .optional("votes", \.votes, "How many runs of thinking vote, side by side."),
    .optional("combine", \.combine, "How votes become one decision."),
    .optional("threshold", \.threshold, "The share of refusals from which on it is refused; for `combine: threshold`."),
    .optional("temperature", \.temperature, "How thoughts are drawn when several vote; one alone is greedy."),
    .optional("seed", \.seed, "The seed of those draws."),
    .optional("on_tie", \.onTie, "What is decided when votes are tied."),
    .optional("on_exhausted", \.onExhausted, "What becomes of thoughts that do not end within the budget."),
    .optional("on_malformed", \.onMalformed, "What becomes of thoughts that end in another way than by their mark."),
    .optional("on_caveat", \.onCaveat, "What becomes of an answer that needs a caveat."),
    .optional("series", \.series, "How a draft is put to the model again; for `on_caveat: series`."),
    .optional("refusal", \.refusal, "What is said when the policy refuses, and not the model in its own words."),
    .optional("max_response", \.maxResponse, "Tokens of a response at most."),
    .optional("marks", \.marks, "The tokens that the model thinks and decides in."),
    .optional("words", \.words, "For a model without such tokens: how it is asked, and the words of the verdict."),
  ]

  /// Reads a policy's file.
  ///
  /// - Parameters:
  ///   - text: YAML.
  ///   - file: what messages call it.
  /// - Throws: `Problems` with everything that is wrong with it, each with its place.
  public init(yaml text: String, file: String) throws(Problems) {
    self = try Self.read(yaml: text, file: file, as: "policy")
  }
}

extension DeliberationPolicy.Marks: SettingValue {
  private static let fields: [(String, WritableKeyPath<Self, String> & Sendable)] = [
    ("think", \.think), ("end_think", \.endThink), ("refuse", \.refuse), ("caveat", \.caveat), ("comply", \.comply),
  ]

  /// What may be written.
  public static var form: String { "a map of " + fields.map(\.0).joined(separator: ", ") }
  /// The value as a document would write it.
  public var written: String { TextFields.written(self, Self.fields) }

  /// Reads the value.
  public static func read(_ yaml: YAMLValue) throws(Problem) -> Self { try TextFields.read(Self(), Self.fields, yaml) }
}

extension DeliberationPolicy.Words: SettingValue {
  private static let fields: [(String, WritableKeyPath<Self, String> & Sendable)] = [
    ("ask", \.ask), ("verdict", \.verdict), ("answer", \.answer), ("refuse", \.refuse), ("caveat", \.caveat),
    ("comply", \.comply),
  ]

  /// What may be written.
  public static var form: String { "a map of " + fields.map(\.0).joined(separator: ", ") }
  /// The value as a document would write it.
  public var written: String { TextFields.written(self, Self.fields) }

  /// Reads the value.
  public static func read(_ yaml: YAMLValue) throws(Problem) -> Self { try TextFields.read(Self(), Self.fields, yaml) }
}

extension DeliberationPolicy.Series: SettingValue {
  private static let fields: [(String, WritableKeyPath<Self, String> & Sendable)] = [
    ("check", \.check), ("rewrite", \.rewrite),
  ]

  /// What may be written.
  public static var form: String { "a map of " + fields.map(\.0).joined(separator: ", ") }
  /// The value as a document would write it.
  public var written: String { TextFields.written(self, Self.fields) }

  /// Reads the value.
  public static func read(_ yaml: YAMLValue) throws(Problem) -> Self { try TextFields.read(Self(), Self.fields, yaml) }
}

/// Maps from a few names to texts.
private enum TextFields {
  static func written<Value>(_ value: Value, _ fields: [(String, WritableKeyPath<Value, String> & Sendable)]) -> String
  {
    "{" + fields.map { "\($0): \(value[keyPath: $1].debugDescription)" }.joined(separator: ", ") + "}"
  }

  static func read<Value>(
    _ standard: Value, _ fields: [(String, WritableKeyPath<Value, String> & Sendable)], _ yaml: YAMLValue
  ) throws(Problem) -> Value {
    guard let entries = yaml.entries else {
      throw Problem(
        "found \(yaml.summary)", at: yaml.location,
        expected: "expected: a map of \(fields.map(\.0).joined(separator: ", "))")
    }
    var value = standard
    for entry in entries {
      guard let field = fields.first(where: { $0.0 == entry.key.value }) else {
        throw Problem.unknown(entry.key.value, kind: "key", allowed: fields.map(\.0), at: entry.key.location)
      }
      let text = try String.read(entry.value)
      guard !text.isEmpty else {
        throw Problem("“\(entry.key.value)” is empty", at: entry.value.location, expected: "expected: text")
      }
      value[keyPath: field.1] = text
    }
    return value
  }
}
