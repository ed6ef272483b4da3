import Manuscript

/// Further names for columns of a data file: ours to the file's, as in `{ text: goal }`.
struct ColumnNames: SettingValue, Hashable {
  /// The names in the document's order.
  let names: [Name]

  /// One further name.
  struct Name: Hashable, Sendable {
    /// What cells call the column.
    let ours: String
    /// What the file calls it.
    let theirs: Located<String>
  }

  static let none = ColumnNames(names: [])
  static var form: String { "a map from our columns to the file's" }

  var written: String {
    "{" + names.map { "\($0.ours.written): \($0.theirs.value.written)" }.joined(separator: ", ") + "}"
  }

  static func read(_ yaml: YAMLValue) throws(Problem) -> ColumnNames {
    guard let entries = yaml.entries else { throw mismatch(yaml) }
    var names: [Name] = []
    for entry in entries {
      names.append(Name(ours: entry.key.value, theirs: Located(try String.read(entry.value), at: entry.value.location)))
    }
    return ColumnNames(names: names)
  }
}
