import Manuscript

/// One key of a cell's body: its name, its type, its default and what it is for.
///
/// The same declaration reads documents, words the messages about them and makes the reference documentation.
public struct SettingKey<Settings: CellSettings>: Sendable {
  /// The key as documents write it.
  public let name: String
  /// What it is for: one sentence.
  public let summary: String
  /// Whether a document must give it.
  public let isRequired: Bool
  /// What may be written, for people.
  public let form: String
  let read: @Sendable (YAMLValue, inout Settings) throws(Problem) -> Void
  let written: @Sendable (Settings) -> String
  let references: @Sendable (Settings) -> [Reference]
  let positions: @Sendable (Settings) -> [Position]

  private init<Value: SettingValue>(
    _ name: String, _ path: WritableKeyPath<Settings, Value> & Sendable, _ summary: String, isRequired: Bool
  ) {
    self.name = name
    self.summary = summary
    self.isRequired = isRequired
    form = Value.form
    read = { yaml, settings throws(Problem) in settings[keyPath: path] = try Value.read(yaml) }
    written = { $0[keyPath: path].written }
    references = { $0[keyPath: path].references }
    positions = { $0[keyPath: path].positions }
  }

  /// A key that every document must give.
  public static func required<Value: SettingValue>(
    _ name: String, _ path: WritableKeyPath<Settings, Value> & Sendable, _ summary: String
  ) -> SettingKey {
    SettingKey(name, path, summary, isRequired: true)
  }

  /// A key that may be left out; its default is what `Settings()` holds.
  public static func optional<Value: SettingValue>(
    _ name: String, _ path: WritableKeyPath<Settings, Value> & Sendable, _ summary: String
  ) -> SettingKey {
    SettingKey(name, path, summary, isRequired: false)
  }
}

/// What the body of one kind of cell holds.
///
///     struct LensSettings: CellSettings {
///       var target = ""
///       var layers = Layers.all
///       static let keys: [SettingKey<Self>] = [
///         .required("target", \.target, "The column of the data that holds the label."),
///         .optional("layers", \.layers, "The layers to read."),
///       ]
///     }
public protocol CellSettings: Sendable {
  /// Every setting at its default.
  init()
  /// The keys, in the order in which documentation lists them.
  static var keys: [SettingKey<Self>] { get }
}

extension CellSettings {
  /// Reads a cell's body; whatever is wrong with it is reported at once.
  ///
  /// - Parameters:
  ///   - entries: the body without the keys that every cell has.
  ///   - kind: the cell's kind, for messages.
  ///   - location: where the cell stands, for keys that are missing.
  ///   - common: further keys that are allowed, and read by somebody else.
  /// - Throws: `Problems` if a key is unknown or missing, or a value is not of its form.
  static func read(
    _ entries: [YAMLEntry], kind: String, at location: SourceLocation, common: [String]
  ) throws(Problems) -> Self {
    var settings = Self()
    var problems: [Problem] = []
    for entry in entries where !common.contains(entry.key.value) {
      guard let key = keys.first(where: { $0.name == entry.key.value }) else {
        problems.append(
          .unknown(
            entry.key.value, kind: "key", in: "in {\(kind)}", allowed: keys.map(\.name) + common,
            at: entry.key.location))
        continue
      }
      do {
        try key.read(entry.value, &settings)
      } catch {
        problems.append(
          Problem("“\(key.name)”: \(error.message)", at: error.location, expected: error.expected, help: error.help))
      }
    }
    for key in keys where key.isRequired && !entries.contains(where: { $0.key.value == key.name }) {
      problems.append(
        Problem(
          "{\(kind)} lacks the key “\(key.name)”", at: location, expected: "expected: \(key.name): \(key.form)",
          help: key.summary))
    }
    guard problems.isEmpty else { throw Problems(problems) }
    return settings
  }

  /// Reads settings that stand in a file of their own.
  ///
  /// - Parameters:
  ///   - text: YAML: a map of the keys, or nothing.
  ///   - file: what messages call it.
  ///   - name: what the file holds, such as “policy”.
  /// - Throws: `Problems` with everything that is wrong with it, each with its place.
  public static func read(yaml text: String, file: String, as name: String) throws(Problems) -> Self {
    let start = SourceLocation(file: file, line: 1, column: 1)
    let value = try YAMLValue(parsing: text, file: file)
    guard let entries = value.isNull ? [] : value.entries else {
      throw Problems([
        Problem("the \(name) is \(value.summary)", at: value.location, expected: "expected: keys with values")
      ])
    }
    return try read(entries, kind: name, at: start, common: [])
  }

  /// Every setting with its value, defaults included, as one text: equal texts, equal settings.
  package var canonical: String {
    Self.keys.sorted { $0.name < $1.name }.map { "\($0.name)=\($0.written(self))\n" }.joined()
  }

  /// The places in prompts that some setting names, in the order of the keys.
  var positions: [Position] {
    Self.keys.flatMap { $0.positions(self) }
  }

  /// The cells that some setting names.
  var references: [Reference] {
    Self.keys.flatMap { $0.references(self) }
  }
}
