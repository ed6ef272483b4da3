/// A reference in the prose to a cell: `@fig-label`, `@tbl-label`, `@claim-label` or `@cell-label`. Of a cell with several
/// figures or tables it means the first, or the one whose name stands behind a dot: `@fig-label.name`.
public struct CrossReference: Sendable, Hashable {
  /// What is referred to.
  public enum Kind: String, Sendable, CaseIterable {
    /// The figure of a cell.
    case figure = "fig"
    /// The table of a cell.
    case table = "tbl"
    /// A claim.
    case claim
    /// A cell itself.
    case cell
  }

  /// What is referred to.
  public let kind: Kind
  /// The label of the cell.
  public let label: String
  /// The name of one of its figures or tables; `nil` for the first.
  public let name: String?
  /// Where the `@` stands.
  public let location: SourceLocation

  /// The reference as written: `@fig-label`.
  public var source: String { "@\(kind.rawValue)-\(label)\(name.map { ".\($0)" } ?? "")" }
}
