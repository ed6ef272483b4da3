/// What can be wrong with a policy, or with what it is asked to answer.
public enum DeliberationError: Error, Hashable, Sendable, CustomStringConvertible {
  case noMarks(missing: [String], model: String)
  case wordsAlike([String])
  case invalid(key: String, found: String, expected: String)
  case emptyPrompt
  case tooLong(tokens: Int, allowed: Int)

  /// What was found, what was expected, and what to do.
  public var description: String {
    switch self {
    case .noMarks(let missing, let model):
      "the model “\(model)” has no token \(missing.map { "“\($0)”" }.joined(separator: ", ")) to think and decide in; "
        + "name its own under “marks”, or ask it in words: “words: {}”"
    case .wordsAlike(let words):
      "the words \(words.map { "“\($0)”" }.joined(separator: ", ")) do not differ in their first token for this model; "
        + "expected three that do"
    case .invalid(let key, let found, let expected): "“\(key)” is \(found); expected \(expected)"
    case .emptyPrompt: "there is nothing to answer: the request is empty"
    case .tooLong(let tokens, let allowed):
      "the request is \(tokens) tokens long, \(tokens - allowed) more than the \(allowed) that the model and the policy "
        + "leave room for; shorten it, or lower “think” and “max_response”"
    }
  }
}
