/// Why an intervention could not be made.
public enum InterventionError: Error, Hashable, Sendable, CustomStringConvertible {
  /// It reached no position of any sequence.
  case neverFired(intervention: String)
  /// The operation makes no sense at the site.
  case unsuited(intervention: String, hook: String)
  /// The site has no heads, or no neurons, to choose from.
  case noSuchParts(intervention: String, hook: String, kind: String)
  /// A head or neuron that is not there, or is named twice.
  case outOfRange(intervention: String, hook: String, kind: String, count: Int)
  /// Heads of two sites that are not the same elements.
  case unequalParts(intervention: String, hooks: [String])
  /// Every key that a query sees would be cut.
  case noKeyLeft(intervention: String, hook: String, sequence: Int, position: Int)
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
    case .unsuited(let intervention, let hook):
      "the intervention “\(intervention)” cannot be made at \(hook): scores can be scaled, replaced and knocked out, "
        + "patterns set to zero, scaled and replaced; a norm's scale cannot be zero; knockout is for attn_scores alone."
    case .noSuchParts(let intervention, let hook, let kind):
      "the intervention “\(intervention)” names \(kind), and \(hook) has none. Heads: q, k, v, rot_q, rot_k, z, result, "
        + "attn_scores, pattern; neurons: sites of one axis."
    case .outOfRange(let intervention, let hook, let kind, let count):
      "the intervention “\(intervention)” names \(kind) that are not there, none, or one twice; \(hook) has \(count), "
        + "counted from 0."
    case .unequalParts(let intervention, let hooks):
      "the intervention “\(intervention)” names heads that are other elements at \(hooks.joined(separator: " and at ")); "
        + "make one intervention for each."
    case .noKeyLeft(let intervention, let hook, let sequence, let position):
      "the intervention “\(intervention)” would cut every key that \(hook) sees from position \(position) of sequence "
        + "\(sequence); leave it one, such as the first token."
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
