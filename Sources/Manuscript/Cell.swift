/// An executable cell: a fenced block whose info string is `{kind}` and whose body is a YAML map.
public struct Cell: Sendable, Hashable {
  /// The kind, without its braces: `probe`.
  public let kind: String
  /// The label that names the cell's results.
  public let label: Located<String>
  /// The caption, if the cell has one.
  public let caption: Located<String>?
  /// The whole body, `label` and `caption` included, with parameters such as `$folds` replaced by their values.
  public let body: YAMLValue
  /// The text between the fences as written, with line feeds as line ends.
  public let source: String
  /// Where the opening fence starts.
  public let location: SourceLocation

  /// The body without `label` and `caption`: what the cell's kind has to understand.
  public var parameters: [YAMLEntry] {
    (body.entries ?? []).filter { $0.key.value != "label" && $0.key.value != "caption" }
  }
}
