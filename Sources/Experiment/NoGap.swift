/// Harmful and harmless prompts do not differ in what is measured, so that there is nothing to explain, or to lose.
public struct NoGap: Error, CustomStringConvertible {
  /// Nothing to be said of which prompts.
  public init() {}

  /// What was found, and where to look.
  public var description: String {
    "harmful and harmless prompts do not differ in what is measured; check “target”, “rows” and the tokens that are named"
  }
}
