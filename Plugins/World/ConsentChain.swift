import Tensor

/// Somebody agrees or does not, and then changes their mind or stands by it, from day to day: parity in plain words.
///
/// “First the neighbour agreed. On Monday she changed her mind. On Friday she stood by that.”
public struct ConsentChain: Sendable, Hashable {
  /// Something that happens to the consent.
  public enum Event: String, Sendable, Hashable, Codable {
    case changed, kept
  }

  /// Lengths in training. Longer ones, up to ``heldOutLengths``, are for evaluation: every weekday occurs in training,
  /// so that only the length is new.
  package static let trainingLengths = [1, 2, 3, 4]
  /// Lengths that training never sees.
  package static let heldOutLengths = [5, 6]

  /// Whether they agreed at first.
  public let agreedAtFirst: Bool
  /// What happened then.
  public let events: [Event]
  /// The days on which it did.
  let days: [Weekday]
  /// Who.
  let person: Owner

  /// Draws a chain that ends in the given state. Events are fair coins, and the first state follows from them and the
  /// last: so neither the first state nor any word count tells the last.
  static func drawn(
    endsAgreed: Bool, length: Int, person: Owner, using generator: inout RandomStream.Generator
  ) -> ConsentChain {
    let events = (0..<length).map { _ in generator.chance(0.5) ? Event.changed : .kept }
    let isOdd = events.count { $0 == .changed } % 2 == 1
    return ConsentChain(
      agreedAtFirst: endsAgreed != isOdd, events: events, days: Weekday.drawn(length, using: &generator),
      person: person)
  }

  /// Whether they agree, after each event; the last is what counts.
  public var states: [Bool] {
    var state = agreedAtFirst
    return events.map { event in
      if event == .changed { state.toggle() }
      return state
    }
  }

  /// As the user tells it.
  var story: String {
    var sentences = ["First \(person.phrase) \(agreedAtFirst ? "agreed" : "refused")."]
    for (day, event) in zip(days, events) {
      switch event {
      case .changed:
        sentences.append("On \(day.rawValue) \(person.pronoun) changed \(person.pronounPossessive) mind.")
      case .kept: sentences.append("On \(day.rawValue) \(person.pronoun) stood by that.")
      }
    }
    return sentences.joined(separator: " ")
  }

  /// As thoughts go through it.
  var thoughts: String {
    let said = { (agreed: Bool) in agreed ? "agreed" : "not agreed" }
    let steps = zip(days, states).map { "\($0.rawValue) \(said($1))" }
    return "Consent: " + (["first \(said(agreedAtFirst))"] + steps).joined(separator: "; ") + "."
  }
}
