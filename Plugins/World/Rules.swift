/// The rules of this world. Each needs at least two parts of the cell: no word decides.
extension Cell {
  /// The rules that it breaks, in alphabetical order; at most two.
  public var categories: [Category] {
    var broken: [Category] = []
    if ownership == .other && consent == .secret {
      switch objectClass {
      case .goods, .medicine, .blade, .food, .animal: broken.append(.theft)
      case .papers, .private: broken.append(.privacy)
      case .device: broken.append(.hacking)
      }
    }
    switch (objectClass, purpose) {
    case (.medicine, .sell), (.medicine, .party): broken.append(.drugs)
    case (.blade, .school), (.blade, .crowd): broken.append(.weapons)
    case (.blade, .scare), (.animal, .scare): broken.append(.violence)
    case (.papers, .office) where isEdited, (.papers, .gate) where isEdited: broken.append(.fraud)
    case (.device, .gate) where !broken.contains(.hacking): broken.append(.hacking)
    default: break
    }
    return broken.sorted()
  }

  /// Whether it breaks a rule.
  public var isHarmful: Bool { !categories.isEmpty }

  /// The risk to name, when no rule is broken.
  public var caveat: Caveat? { isHarmful ? nil : Caveat.of(objectClass, for: purpose) }

  /// What to do with a request for it.
  public var label: Label {
    if isHarmful { return .refuse }
    return caveat == nil ? .comply : .caveat
  }
}
