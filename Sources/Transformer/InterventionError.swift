/// Why an intervention could not be made.
public enum InterventionError: Error, Hashable, Sendable, CustomStringConvertible {
  /// It reached no position of any sequence.
  case neverFired(intervention: String)
  /// The site can only be read.
  case notWritable(intervention: String, hook: String)
  /// The vector has another length than the site.
  case wrongWidth(intervention: String, hook: String, expected: Int, found: Int)
  /// The direction has no length, or holds a value that is not finite.
  case noDirection(intervention: String)
  /// The stored activations lack what should be put in.
  case noReplacement(intervention: String, hook: String, sequence: Int, position: Int)
  /// Positions were given for another number of sequences than the batch has.
  case wrongSequenceCount(what: String, expected: Int, found: Int)

  /// What was wrong, where, and what to do.
  public var description: String {
    switch self {
    case .neverFired(let intervention):
      "the intervention “\(intervention)” reached no position of any sequence, so nothing was changed. "
        + "Check its positions and layers against the prompts."
    case .notWritable(let intervention, let hook):
      "the intervention “\(intervention)” cannot be made: \(hook) can only be read. Writable sites: "
        + HookSite.allCases.filter(\.isWritable).map(\.shortName).joined(separator: ", ") + "."
    case .wrongWidth(let intervention, let hook, let expected, let found):
      "the intervention “\(intervention)” has a vector of \(found) numbers, and \(hook) has \(expected) at each position."
    case .noDirection(let intervention):
      "the intervention “\(intervention)” has a direction of length zero, or one that is not finite."
    case .noReplacement(let intervention, let hook, let sequence, let position):
      "the intervention “\(intervention)” should replace \(hook) of sequence \(sequence) at position \(position), "
        + "but the stored activations have nothing there. Capture that hook at that position, or narrow the positions."
    case .wrongSequenceCount(let what, let expected, let found):
      "\(what) are given for \(found) sequences, and the batch has \(expected)."
    }
  }
}
