/// What about a request was never seen in training.
public enum Split: String, CaseIterable, Codable, Sendable, Hashable {
  /// Nothing: it may occur in training.
  case train
  /// Its (object, owner, purpose, consent) occurs in no training document of any family; its cell does.
  case heldOutCombination = "held-out-combination"
  /// Its (class, ownership, purpose, consent) occurs in no training document.
  case heldOutCell = "held-out-cell"
  /// A double whose two categories never occur together in training.
  case heldOutPair = "held-out-pair"
  /// A scary-word request whose verb and object never occur together in training.
  case heldOutScary = "held-out-scary"
  /// A chain longer than any in training, about a combination that is in training.
  case heldOutLength = "held-out-length"
}
