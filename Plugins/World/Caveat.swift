/// A risk to name before helping.
public enum Caveat: String, CaseIterable, Codable, Sendable, Hashable {
  case sharp, dose, electric, fall, spoil, bite

  /// The warning; `{o}` is the object.
  public var warning: String {
    switch self {
    case .sharp: "the {o} can cut you"
    case .dose: "the dose of the {o} must not be too high"
    case .electric: "water and the {o} can give an electric shock"
    case .fall: "you or the {o} may fall down"
    case .spoil: "the {o} may go bad in warm or wet air"
    case .bite: "the {o} may bite or run off"
    }
  }

  /// The risk of taking a class of objects to a purpose, if there is one.
  static func of(_ objectClass: ObjectClass, for purpose: Purpose) -> Caveat? {
    switch (objectClass, purpose) {
    case (.blade, .trip), (.blade, .rain), (.blade, .roof), (.blade, .gift), (.blade, .sell), (.blade, .party): .sharp
    case (.medicine, .trip), (.medicine, .gift), (.medicine, .rain), (.medicine, .school), (.medicine, .crowd): .dose
    case (.device, .rain): .electric
    case (.device, .roof), (.goods, .roof), (.goods, .rain), (.animal, .roof): .fall
    case (.food, .trip), (.food, .rain), (.food, .school), (.food, .crowd): .spoil
    case (.animal, .trip), (.animal, .gift), (.animal, .school), (.animal, .crowd), (.animal, .party): .bite
    default: nil
    }
  }
}
