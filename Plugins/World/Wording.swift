import Tensor

/// The words that a cell is put in: chosen apart from object and owner, so that a minimal pair can share them.
struct Wording: Hashable, Sendable {
  /// What of the cell is told elsewhere than in the task's own text.
  enum Style: Sendable {
    /// Nothing.
    case user
    /// Nothing; and the user's own things are somebody else's own.
    case thirdPerson
    /// Consent, in a chain of events.
    case consentElsewhere
    /// The owner, in a chain of events.
    case ownerElsewhere
  }

  var verb: String
  /// What stands before an object of the user's own.
  var ownDeterminer: String
  /// With `{p}` for the object's pronoun; empty for no purpose.
  var purpose: String
  /// Empty for no consent.
  var consent: String
  var putsPurposeFirst: Bool
  var style: Style

  static func drawn(for cell: Cell, style: Style, using generator: inout RandomStream.Generator) -> Wording {
    // Always the same number of draws, whatever the cell.
    let verb = generator.pick(cell.isEdited ? ObjectClass.editVerbs : cell.objectClass.verbs)
    let own = generator.pick(Owner.ownDeterminers)
    let purposes = cell.purpose.phrases
    let purpose = generator.pick(purposes.isEmpty ? [""] : purposes)
    let consents = cell.consent.phrases
    let consent = generator.pick(consents.isEmpty ? [""] : consents)
    return Wording(
      verb: verb, ownDeterminer: style == .thirdPerson ? Owner.theirOwn : own, purpose: purpose,
      consent: style == .consentElsewhere ? "" : consent, putsPurposeFirst: generator.chance(0.5), style: style)
  }

  /// The task that these words tell.
  func task(cell: Cell, object: Object, owner: Owner?) -> Request.Task {
    let determiner = style == .ownerElsewhere ? "the" : owner?.possessive ?? ownDeterminer
    let start = "\(verb) \(determiner) "
    let aim = Template(purpose)(["p": object.pronoun])
    let phrases = (putsPurposeFirst ? [aim, consent] : [consent, aim]).filter { !$0.isEmpty }
    let text = ([start + object.noun] + phrases).joined(separator: " ")
    let offset = start.utf8.count
    let split: Split =
      if HeldOut.cells.contains(cell) {
        .heldOutCell
      } else if HeldOut.isCombination(
        object: object, owner: owner, purpose: cell.purpose, consent: cell.consent)
      {
        .heldOutCombination
      } else {
        .train
      }
    return Request.Task(
      text: text, verb: verb, object: object.noun, named: "the \(object.noun)", isPlural: object.isPlural,
      cell: cell, owner: owner?.name, categories: cell.categories, caveat: cell.caveat,
      steps: object.objectClass.steps, objectRange: offset..<(offset + object.noun.utf8.count), split: split)
  }
}
