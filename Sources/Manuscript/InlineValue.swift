/// A result quoted in the prose: `` `{value} harmfulness.best.auroc | %.3f` ``.
public struct InlineValue: Sendable, Hashable {
  /// What to evaluate.
  public let expression: Expression
  /// How to write the result; `nil` leaves it to the kind of value.
  public let format: NumberFormat?
  /// Where the code span's `{value}` starts.
  public let location: SourceLocation
  /// The code span's content as written.
  public let source: String
}
