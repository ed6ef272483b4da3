import Deliberation
import Experiment

/// A model that lacks tokens to think in is asked in words, and the report says so.
enum AskedInWords {
  /// The remark; none where the model has such tokens, or the document itself asks in words.
  static func notes(_ words: DeliberationPolicy.Words?, in context: CellContext) throws -> [String] {
    var policy = DeliberationPolicy()
    policy.words = words
    guard policy.fitting(try context.subject).words != words else { return [] }
    return [
      "The model has no tokens to think and decide in, so it was asked in words; the key “words” says how, and "
        + "“marks” names such tokens where it has others than the standard ones."
    ]
  }
}
