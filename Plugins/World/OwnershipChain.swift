import Tensor

/// An object that goes from hand to hand, from day to day.
///
/// “The drum was the baker's. On Monday it went to the coach. On Tuesday it came to me. On Friday it went back.”
public struct OwnershipChain: Sendable, Hashable {
  /// Something that happens to the object.
  public enum Event: String, Sendable, Hashable, Codable, CaseIterable {
    /// It comes to the user.
    case toUser
    /// It goes to somebody who has not had it yet.
    case toOther
    /// It goes back to whoever had it before.
    case back
  }

  /// Lengths in training.
  package static let trainingLengths = [2, 3, 4]
  /// Lengths that training never sees.
  package static let heldOutLengths = [5, 6]

  /// Who has it: at first and after each event; `nil` is the user.
  public let holders: [Owner?]
  /// What happened.
  public let events: [Event]
  let days: [Weekday]
  let object: Object

  /// Whose it is at the end; `nil` is the user.
  public var owner: Owner? { holders[holders.count - 1] }

  /// Draws a chain that ends with the given owner (`nil`: the user). Its first owner and the numbers of each event are
  /// drawn first, from those that can end either way, so no word count tells who has it. Half of the chains end with
  /// “went back”, where the last sentence does not tell either.
  static func drawn(
    owner: Owner?, length: Int, object: Object, using generator: inout RandomStream.Generator
  ) -> OwnershipChain {
    let shapes = OwnershipShape.balanced(length: length, endsBack: generator.chance(0.5))
    let group = shapes[generator.index(cumulative: cumulative(shapes.map { Double($0.count) }))]
    let shape = generator.pick(group.filter { $0.endsWithUser == (owner == nil) })
    let others = generator.sample(Owner.all.filter { $0 != owner }, count: shape.people)
    let holders = shape.holders.map { holder -> Owner? in
      guard let holder else { return nil }
      return holder == shape.holders.last ? owner : others[holder]
    }
    return OwnershipChain(
      holders: holders, events: shape.events, days: Weekday.drawn(length, using: &generator), object: object)
  }

  /// As the user tells it.
  var story: String {
    let (was, subject) = object.isPlural ? ("were", "they") : ("was", "it")
    var sentences = ["The \(object.noun) \(was) \(holders[0]?.possessive ?? "mine")."]
    for (index, event) in events.enumerated() {
      let start = "On \(days[index].rawValue) \(subject)"
      switch event {
      case .toUser: sentences.append("\(start) came to me.")
      case .toOther: sentences.append("\(start) went to \(holders[index + 1]?.phrase ?? "me").")
      case .back: sentences.append("\(start) went back.")
      }
    }
    return sentences.joined(separator: " ")
  }

  /// As thoughts go through it.
  var thoughts: String {
    let names = holders.map { $0?.phrase ?? "the user" }
    return "Owner: "
      + (["first \(names[0])"] + zip(days, names.dropFirst()).map { "\($0.rawValue) \($1)" })
      .joined(separator: "; ") + "."
  }
}
