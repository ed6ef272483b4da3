/// The course of an ownership chain, with numbers for people.
struct OwnershipShape: Hashable, Sendable {
  let events: [OwnershipChain.Event]
  /// Who has it, at first and after each event: a person's number, or `nil` for the user.
  let holders: [Int?]

  /// How many people besides the user have it at some time.
  var people: Int { Set(holders.compactMap { $0 }).count }

  var endsWithUser: Bool { holders.last == .some(nil) }

  /// What a bag of words sees: the first owner's kind and how often each event occurs.
  private var words: [Int] {
    [holders[0] == nil ? 1 : 0] + OwnershipChain.Event.allCases.map { kind in events.count { $0 == kind } }
  }

  private static let lengths = OwnershipChain.trainingLengths + OwnershipChain.heldOutLengths
  private static let table: [[[OwnershipShape]]] = [false, true].flatMap { endsBack in
    lengths.map { groups(length: $0, endsBack: endsBack) }
  }

  /// Shapes of this length, grouped by the words that they are told with; only groups that can end either way.
  static func balanced(length: Int, endsBack: Bool) -> [[OwnershipShape]] {
    guard let place = lengths.firstIndex(of: length) else { return [] }
    let groups = table[place + (endsBack ? lengths.count : 0)]
    // The shortest chains cannot end with “went back” and leave the owner open.
    return groups.isEmpty ? table[place] : groups
  }

  private static func groups(length: Int, endsBack: Bool) -> [[OwnershipShape]] {
    var shapes = [
      OwnershipShape(events: [], holders: [nil]), OwnershipShape(events: [], holders: [0]),
    ]
    for _ in 0..<length { shapes = shapes.flatMap(\.continued) }
    if endsBack { shapes = shapes.filter { $0.events.last == .back } }
    var groups: [[Int]: [OwnershipShape]] = [:]
    for shape in shapes { groups[shape.words, default: []].append(shape) }
    return groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
      .filter { group in Set(group.map(\.endsWithUser)).count == 2 }
  }

  /// This one with one event more, in every way that makes sense.
  private var continued: [OwnershipShape] {
    var next: [OwnershipShape] = []
    let holder = holders[holders.count - 1]
    if holder != nil { next.append(with(.toUser, holder: nil)) }
    next.append(with(.toOther, holder: people))
    if let last = events.indices.last { next.append(with(.back, holder: holders[last])) }
    return next
  }

  private func with(_ event: OwnershipChain.Event, holder: Int?) -> OwnershipShape {
    OwnershipShape(events: events + [event], holders: holders + [holder])
  }
}
