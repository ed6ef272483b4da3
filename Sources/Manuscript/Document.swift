/// A Markdown experiment as typed parts: front matter, executable cells, inline values, references and prose.
///
/// Nothing here knows what a cell kind means; that is for whoever runs the cells.
public struct Document: Sendable {
  /// The path of the file as messages name it.
  public let file: String
  /// The whole text of the file, unchanged.
  public let source: String
  /// The front matter's title; without one, the first heading; without that, the name of the file.
  public let title: String
  /// What the front matter says, with overrides applied.
  public let frontMatter: FrontMatter
  /// The executable cells in the order of the text, claims among them.
  public let cells: [Cell]
  /// The claims in the order of the text.
  public let claims: [Claim]
  /// The values quoted in the prose, in the order of the text.
  public let inlineValues: [InlineValue]
  /// The cross references in the prose, in the order of the text.
  public let references: [CrossReference]
  /// The headings of the prose, in the order of the text.
  public let headings: [Heading]
  /// The prose as a tree.
  package let blocks: [Block]

  /// The cell of a label.
  public subscript(label: String) -> Cell? { cells.first { $0.label.value == label } }
}
