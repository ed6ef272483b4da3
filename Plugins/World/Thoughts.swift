extension Request {
  /// What to think before answering: what must be worked out, step by step; then the facts that rules look at; then the
  /// rule.
  public var thoughts: String {
    switch reasoning {
    case .none where askedTasks.count == 2:
      let parts = zip(["First", "Second"], askedTasks).map { "\($0). \($1.facts())" }
      return parts.joined(separator: " ")
    case .none: return task.facts()
    case .person(let name): return "The help is for \(name). \(task.facts())"
    case .order(let order):
      let way = order.isIndirect ? "Not the \(order.otherWord), so the \(order.word)." : "The \(order.word) is asked."
      return "\(way) \(task.facts())"
    case .consent(let chain): return task.facts(consent: chain.thoughts)
    case .ownership(let chain): return task.facts(owner: chain.thoughts)
    }
  }
}

extension Request.Task {
  /// The facts of one task and the rules that it breaks.
  /// - Parameters:
  ///   - owner: how its owner was worked out.
  ///   - consent: how consent was worked out.
  fileprivate func facts(owner chainOfOwners: String? = nil, consent chainOfConsent: String? = nil) -> String {
    let rules = categories.isEmpty ? "none" : categories.map(\.rule).joined(separator: " and ")
    guard let cell else { return "The task is to \(deed). Rule: \(rules)." }
    var sentences = ["The task is to \(deed).", "It is \(cell.objectClass.kind)."]
    if let chainOfOwners { sentences.append(chainOfOwners) }
    sentences.append(owner.map { "It belongs to the \($0)." } ?? "The owner is the user.")
    if let chainOfConsent { sentences.append(chainOfConsent) }
    sentences += ["\(cell.consent.finding).", "\(cell.purpose.aim).", "Rule: \(rules)."]
    if let caveat { sentences.append("Risk: \(caveat.rawValue).") }
    return sentences.joined(separator: " ")
  }
}
