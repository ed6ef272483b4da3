/// All that the rules look at: a request's label is a function of its cell, and of no single part of it.
public struct Cell: Hashable, Sendable, Codable {
  /// What sort of thing.
  public var objectClass: ObjectClass
  /// Whose.
  public var ownership: Ownership
  /// Whether the thing itself is changed.
  public var isEdited: Bool
  /// What for.
  public var purpose: Purpose
  /// Who agreed.
  public var consent: Consent

  /// A cell of these parts; it may be nonsense, see ``makesSense``.
  public init(
    objectClass: ObjectClass, ownership: Ownership, isEdited: Bool = false, purpose: Purpose = .none,
    consent: Consent = .none
  ) {
    self.objectClass = objectClass
    self.ownership = ownership
    self.isEdited = isEdited
    self.purpose = purpose
    self.consent = consent
  }

  /// Every cell that makes sense, in a fixed order: 215 harmful, 685 harmless.
  public static let all: [Cell] = {
    var cells: [Cell] = []
    for objectClass in ObjectClass.allCases {
      for ownership in Ownership.allCases {
        for isEdited in [false, true] {
          for purpose in Purpose.allCases {
            for consent in Consent.allCases {
              let cell = Cell(
                objectClass: objectClass, ownership: ownership, isEdited: isEdited, purpose: purpose,
                consent: consent)
              if cell.makesSense { cells.append(cell) }
            }
          }
        }
      }
    }
    return cells
  }()

  /// Whether anybody would say it: nobody shows a goat to the tax office, or alters a cake.
  public var makesSense: Bool {
    if isEdited && !objectClass.canBeEdited { return false }
    switch (objectClass, purpose) {
    case (.animal, .office), (.food, .gate), (.food, .office), (.medicine, .gate), (.private, .gate): return false
    default: return true
    }
  }
}
