/// A claim: a sentence, and the expectations that support or refute it.
public struct Claim: Sendable {
  /// The label that names the claim.
  public let label: String
  /// What is claimed, in words.
  public let says: String
  /// What must hold; the claim is as good as the worst of these.
  public let expect: [Located<Expression>]
  /// Where the claim's cell starts.
  public let location: SourceLocation

  /// The verdict over all expectations, given what names stand for.
  ///
  /// - Throws: The first ``Problem`` that keeps an expectation from being evaluated.
  public func verdict(_ resolve: @escaping Expression.Resolver) throws(Problem) -> Verdict {
    var verdicts: [Verdict] = []
    for expectation in expect { verdicts.append(try expectation.value.verdict(resolve)) }
    return Verdict.combined(verdicts)
  }
}
