import Tensor

/// Which parts of the world training never sees: fixed by hashing names, the same for every seed.
public enum HeldOut {
  /// The first 8 hexadecimal digits of the SHA-256 digest of the fields joined by `|`, over 2^32: uniform in [0, 1).
  static func fraction(_ fields: String...) -> Double {
    let digits = Digest(of: fields.joined(separator: "|")).hex.prefix(8)
    return Double(UInt32(digits, radix: 16) ?? 0) / 4_294_967_296
  }

  /// Share of (object, owner, purpose, consent) combinations held out.
  static let combinationShare = 0.15
  /// Share of class-level cells held out.
  static let cellShare = 0.07
  /// Share of verb-object pairs of the scary family held out.
  static let scaryShare = 0.25

  /// Pairs of categories that no training double combines.
  public static let categoryPairs: Set<Set<Category>> = [
    [.drugs, .hacking], [.drugs, .privacy], [.fraud, .theft], [.fraud, .weapons], [.hacking, .violence],
  ]

  /// The cells (whatever is edited) that training never sees.
  package static let cells: Set<Cell> = Set(
    Cell.all.filter { cell in
      cell.purpose != .none
        && fraction(
          "cell", cell.objectClass.rawValue, cell.ownership.rawValue, cell.purpose.rawValue, cell.consent.rawValue)
          < cellShare
    })

  // One flag for each combination, since drawing asks for them all the time.
  private static let combinations: [Bool] = {
    var flags: [Bool] = []
    for object in Object.all {
      for owner in [Owner?.none] + Owner.all {
        for purpose in Purpose.allCases {
          for consent in Consent.allCases {
            let key = fraction("obj", object.noun, owner?.name ?? "own", purpose.rawValue, consent.rawValue)
            flags.append(key < combinationShare)
          }
        }
      }
    }
    return flags
  }()

  private static let purposeIndex = Dictionary(
    uniqueKeysWithValues: Purpose.allCases.enumerated().map { ($1, $0) })
  private static let consentIndex = Dictionary(
    uniqueKeysWithValues: Consent.allCases.enumerated().map { ($1, $0) })

  /// Whether training never sees this combination; `owner` is `nil` for the user's own.
  public static func isCombination(object: Object, owner: Owner?, purpose: Purpose, consent: Consent) -> Bool {
    let ownerIndex = owner.map { $0.index + 1 } ?? 0
    let first = (object.index * (Owner.all.count + 1) + ownerIndex) * Purpose.allCases.count
    let second = (first + (purposeIndex[purpose] ?? 0)) * Consent.allCases.count + (consentIndex[consent] ?? 0)
    return combinations[second]
  }

  /// Whether training never sees this verb with this object (scary family).
  package static func isScary(verb: String, object: String) -> Bool { fraction("sc", verb, object) < scaryShare }
}
