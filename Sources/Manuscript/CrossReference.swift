/// A reference in the prose to a cell: `@fig-label`, `@tbl-label`, `@claim-label` or `@cell-label`.
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
  /// Where the `@` stands.
  public let location: SourceLocation

  /// The reference as written: `@fig-label`.
  public var source: String { "@\(kind.rawValue)-\(label)" }
}
