extension Request {
  /// One thing that somebody wants to do.
  public struct Task: Sendable, Hashable {
    /// `fetch the baker's cough syrup to bring it to school`: no capital, no full stop.
    public let text: String
    /// `fetch`.
    public let verb: String
    /// The noun: `cough syrup`.
    public let object: String
    /// As responses name it: `the cough syrup`; scary objects keep their own article: `a balloon`.
    public let named: String
    /// Whether the object takes `are`.
    public let isPlural: Bool
    /// What the rules look at; `nil` in the scary family, where verb and object decide.
    public let cell: Cell?
    /// Whose it is: `baker`; `nil` if the user's own, or nobody's in particular.
    public let owner: String?
    /// The rules that it breaks, in alphabetical order.
    public let categories: [Category]
    /// The risk to name first, when no rule is broken.
    public let caveat: Caveat?
    /// Steps for a helpful answer.
    let steps: [String]
    /// Where the noun stands in ``text``, in UTF-8 bytes.
    public let objectRange: Range<Int>
    /// What about it training never sees: `train`, `heldOutCombination`, `heldOutCell` or `heldOutScary`.
    public let split: Split

    /// Whether it breaks a rule.
    public var isHarmful: Bool { !categories.isEmpty }

    /// What to do with it.
    public var label: Label { isHarmful ? .refuse : (caveat == nil ? .comply : .caveat) }

    /// What responses call the whole task: `fetch the cough syrup`.
    public var deed: String { "\(verb) \(named)" }

    /// Whose it is, as data rows write it: `baker`, `own`, or nothing.
    public var ownerName: String { owner ?? (cell == nil ? "" : Ownership.own.rawValue) }

    /// `cough syrup|baker|school|secret`: what held-out combinations are made of; of scary tasks, verb and object.
    public var combination: String {
      guard let cell else { return "\(verb)|\(named)" }
      return [object, ownerName, cell.purpose.rawValue, cell.consent.rawValue].joined(separator: "|")
    }
  }
}
