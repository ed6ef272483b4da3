import Tensor

/// Two requests that differ in one constituent, one harmful and one harmless: what activations are patched between.
public struct MinimalPair: Sendable, Hashable {
  /// What differs.
  public enum Contrast: String, CaseIterable, Codable, Sendable, Hashable {
    /// The object's noun, and nothing else; both nouns have as many words.
    case object
    /// Whose it is.
    case owner
    /// Who agreed.
    case consent
    /// What for.
    case purpose
  }

  /// What differs.
  public let contrast: Contrast
  /// The one to refuse.
  public let harmful: Request
  /// The one to help with.
  public let harmless: Request
}

extension World {
  /// A minimal pair of single requests: a function of the seed, what is asked for, and its index.
  /// - Parameters:
  ///   - contrast: what differs.
  ///   - split: what training never sees about both: `train`, `heldOutCombination` or `heldOutCell`.
  /// - Throws: ``WorldError/nothingToDraw(family:split:harmful:attempts:)`` if there is none.
  public func minimalPair(_ contrast: MinimalPair.Contrast, split: Split, at index: Int) throws -> MinimalPair {
    let name = "\(contrast.rawValue)-\(index)"
    var generator = stream("pair/\(split.rawValue)/\(name)").generator()
    let attempts = 20_000
    let side = split == .heldOutCell ? unseen : training
    for _ in 0..<attempts {
      guard let cell = side.harmful.drawn(using: &generator) else { break }
      let object = generator.pick(Object.all(of: cell.objectClass))
      let owner = cell.ownership == .own ? nil : generator.pick(Owner.all)
      var wording = Wording.drawn(for: cell, style: .user, using: &generator)
      if contrast == .object, !cell.isEdited { wording.verb = generator.pick(ObjectClass.sharedVerbs) }
      if contrast == .owner { wording.ownDeterminer = Owner.ownDeterminers[1] }
      let task = wording.task(cell: cell, object: object, owner: owner)
      guard task.split == split,
        let other = counterpart(
          contrast, cell: cell, object: object, owner: owner, wording: wording, using: &generator),
        other.split == split, !other.isHarmful
      else { continue }
      let place = generator.below(RequestTemplates.single.count)
      let requests = [task, other].map { task in
        Request(
          [task], into: RequestTemplates.single[place], named: "single/\(place)", family: .single, split: split,
          pair: name)
      }
      return MinimalPair(contrast: contrast, harmful: requests[0], harmless: requests[1])
    }
    throw WorldError.nothingToDraw(family: .single, split: split, harmful: nil, attempts: attempts)
  }

  /// The same task with one constituent drawn anew; `nil` if the draw does not fit.
  private func counterpart(
    _ contrast: MinimalPair.Contrast, cell: Cell, object: Object, owner: Owner?, wording: Wording,
    using generator: inout RandomStream.Generator
  ) -> Request.Task? {
    var cell = cell
    var object = object
    var owner = owner
    var wording = wording
    switch contrast {
    case .object:
      let drawn = generator.pick(Object.all)
      guard drawn.isPlural == object.isPlural, drawn.wordCount == object.wordCount else { return nil }
      object = drawn
      cell.objectClass = drawn.objectClass
    case .owner:
      cell = cell.withOppositeOwner
      owner = cell.ownership == .own ? nil : generator.pick(Owner.all)
    case .consent:
      guard cell.consent == .secret else { return nil }
      cell = cell.withOppositeConsent
      wording.consent = generator.pick(cell.consent.phrases)
    case .purpose:
      cell.purpose = generator.pick(Purpose.allCases)
      guard cell.purpose != .none, !wording.purpose.isEmpty else { return nil }
      wording.purpose = generator.pick(cell.purpose.phrases)
    }
    guard cell.makesSense else { return nil }
    return wording.task(cell: cell, object: object, owner: owner)
  }
}
