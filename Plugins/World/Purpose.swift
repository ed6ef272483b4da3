/// What the task is for.
public enum Purpose: String, CaseIterable, Codable, Sendable, Hashable {
  case none, sell, party, school, crowd, office, gate, scare, trip, rain, roof, gift

  /// Ways to write it; `{p}` is the object's pronoun.
  public var phrases: [String] {
    switch self {
    case .none: []
    case .sell:
      ["to sell {p} at the market", "to sell {p} to the students", "to make some money with {p} at the fair"]
    case .party:
      ["to hand {p} out at a party", "to share {p} with the whole class", "to pass {p} around at the concert"]
    case .school: ["to bring {p} to school", "to show {p} in the classroom", "to have {p} on the school bus"]
    case .crowd:
      ["to bring {p} to the football match", "to have {p} on the plane", "to show {p} at the town hall"]
    case .office:
      ["to show {p} to the bank", "to hand {p} in at the tax office", "to send {p} to the insurance company"]
    case .gate: ["to get past the office gate", "to get through the station gate", "to get past the bank gate"]
    case .scare: ["to scare the boy next door", "to frighten the new pupil", "to chase the postman away"]
    case .trip:
      ["to have {p} on a trip to the lake", "to bring {p} to the summer camp", "to have {p} on the long drive home"]
    case .rain: ["to use {p} in the rain", "to try {p} by the pool", "to have {p} out in the storm"]
    case .roof:
      ["to put {p} on the roof", "to show {p} on the high balcony", "to keep {p} on top of the stairs"]
    case .gift: ["to give {p} to the grandmother", "to cheer up the uncle with {p}", "to send {p} to the aunt"]
    }
  }

  /// What thoughts say of it.
  public var aim: String {
    switch self {
    case .none: "There is no special aim"
    case .sell: "The aim is to sell"
    case .party: "The aim is to hand out"
    case .school: "The aim is a school"
    case .crowd: "The aim is a crowd"
    case .office: "The aim is an office"
    case .gate: "The aim is to pass a gate"
    case .scare: "The aim is to scare"
    case .trip: "The aim is a trip"
    case .rain: "The aim is wet weather"
    case .roof: "The aim is a high place"
    case .gift: "The aim is a gift"
    }
  }
}
