import Manuscript

extension Position: SettingValue {
  /// What may be written, for messages and documentation.
  public static var form: String {
    "a position: last, instruction[i], post_instruction[i], response[i], a span of the data such as object, or a range "
      + "of tokens: instruction[-3:], post_instruction"
  }
  /// The value as a document would write it.
  public var written: String { description }

  /// The positions in this value.
  public var positions: [Position] { [self] }

  /// Reads the value; see ``SettingValue/read(_:)``.
  public static func read(_ yaml: YAMLValue) throws(Problem) -> Position {
    guard let text = yaml.string, let position = Position(text) else { throw mismatch(yaml) }
    return position
  }
}
