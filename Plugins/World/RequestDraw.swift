import Tensor

/// Draws one request that satisfies conditions: each part anew until it does.
struct RequestDraw {
  let world: World
  let family: Family
  let split: Split
  let isHarmful: Bool
  /// Whether what must be worked out decides; `nil` for either.
  var isPivotal: Bool?
  /// Which sentence to use; `nil` for any.
  var template: Int?

  private static let attempts = 5_000

  /// What each task's own split must be.
  private var taskSplit: Split {
    switch split {
    case .heldOutPair, .heldOutLength: .train
    default: split
    }
  }

  private var failure: WorldError {
    .nothingToDraw(family: family, split: split, harmful: isHarmful, attempts: RequestDraw.attempts)
  }

  /// Whether there are requests of this family in this split.
  private var isPossible: Bool {
    if isPivotal == true && !family.needsSteps { return false }
    switch split {
    case .train: return true
    case .heldOutCombination, .heldOutCell: return family != .scary
    case .heldOutPair: return family == .double && isHarmful
    case .heldOutScary: return family == .scary
    case .heldOutLength: return family == .changesOfMind || family == .ownershipChain
    }
  }

  func request(using generator: inout RandomStream.Generator) throws -> Request {
    guard isPossible else { throw failure }
    switch family {
    case .single:
      let told = try told(isHarmful: isHarmful, using: &generator)
      return poured([told.task], into: RequestTemplates.single, using: &generator)
    case .scary: return try scary(using: &generator)
    case .double: return try double(using: &generator)
    case .byOrder: return try byOrder(using: &generator)
    case .twoHop: return try twoHop(using: &generator)
    case .changesOfMind: return try changesOfMind(using: &generator)
    case .ownershipChain: return try ownershipChain(using: &generator)
    }
  }

  /// A task with what it was made from.
  private struct Told {
    let task: Request.Task
    let object: Object
    let owner: Owner?
  }

  private func told(
    isHarmful: Bool, style: Wording.Style = .user, using generator: inout RandomStream.Generator
  ) throws -> Told {
    let sides = taskSplit == .heldOutCell ? world.unseen : world.training
    for _ in 0..<RequestDraw.attempts {
      guard
        let cell = sides.drawn(for: family, isHarmful: isHarmful, isPivotal: isPivotal, using: &generator)
      else { throw failure }
      let object = generator.pick(Object.all(of: cell.objectClass))
      let owner = cell.ownership == .own ? nil : generator.pick(Owner.all)
      let wording = Wording.drawn(for: cell, style: style, using: &generator)
      let task = wording.task(cell: cell, object: object, owner: owner)
      if task.split == taskSplit { return Told(task: task, object: object, owner: owner) }
    }
    throw failure
  }

  /// Two tasks about different objects.
  private func tellTwo(
    harmful: (Bool, Bool), style: Wording.Style = .user, using generator: inout RandomStream.Generator
  ) throws -> [Request.Task] {
    for _ in 0..<RequestDraw.attempts {
      let first = try told(isHarmful: harmful.0, style: style, using: &generator)
      let second = try told(isHarmful: harmful.1, style: style, using: &generator)
      if first.object != second.object { return [first.task, second.task] }
    }
    throw failure
  }

  private func scary(using generator: inout RandomStream.Generator) throws -> Request {
    for _ in 0..<RequestDraw.attempts {
      let task = ScaryWords.drawn(isHarmful: isHarmful, using: &generator)
      if task.split == taskSplit { return poured([task], into: RequestTemplates.single, using: &generator) }
    }
    throw failure
  }

  private func double(using generator: inout RandomStream.Generator) throws -> Request {
    for _ in 0..<RequestDraw.attempts {
      let kind = split == .heldOutPair ? 0 : generator.below(3)
      let harmful = isHarmful ? [(true, true), (true, false), (false, true)][kind] : (false, false)
      let tasks = try tellTwo(harmful: harmful, using: &generator)
      if RequestDraw.combinesHeldOut(tasks) == (split == .heldOutPair) {
        return poured(tasks, into: RequestTemplates.double, using: &generator)
      }
    }
    throw failure
  }

  /// Whether a category of one task and a category of the other never occur together in training doubles.
  static func combinesHeldOut(_ tasks: [Request.Task]) -> Bool {
    guard tasks.count == 2 else { return false }
    return tasks[0].categories.contains { first in
      tasks[1].categories.contains { HeldOut.categoryPairs.contains([first, $0]) }
    }
  }

  /// Which of the two tasks is asked for, and the two.
  private func alternatives(
    style: Wording.Style = .user, using generator: inout RandomStream.Generator
  ) throws -> (asked: Int, tasks: [Request.Task]) {
    let asked = generator.below(2)
    let coin = generator.chance(0.5)
    let other = isPivotal.map { $0 ? !isHarmful : isHarmful } ?? coin
    let harmful = asked == 0 ? (isHarmful, other) : (other, isHarmful)
    return (asked, try tellTwo(harmful: harmful, style: style, using: &generator))
  }

  private func byOrder(using generator: inout RandomStream.Generator) throws -> Request {
    let (asked, tasks) = try alternatives(using: &generator)
    let order = PlanOrder(plan: asked, isIndirect: generator.chance(0.5))
    let questions = order.isIndirect ? RequestTemplates.otherQuestions : RequestTemplates.orderQuestions
    let place = generator.below(questions.count)
    let question = questions[place](["X": order.isIndirect ? order.otherWord : order.word])
    return poured(
      tasks, into: RequestTemplates.byOrder, values: ["Q": question], asked: [asked], reasoning: .order(order),
      variant: "/\(order.isIndirect ? "other" : "named")-\(place)", using: &generator)
  }

  private func twoHop(using generator: inout RandomStream.Generator) throws -> Request {
    let (asked, tasks) = try alternatives(style: .thirdPerson, using: &generator)
    let (first, second) = generator.pickTwo(RequestTemplates.names)
    let name = asked == 0 ? first : second
    let place = generator.below(RequestTemplates.twoHopQuestions.count)
    let question = RequestTemplates.twoHopQuestions[place](["X": name])
    return poured(
      tasks, into: RequestTemplates.twoHop, values: ["A": first, "B": second, "Q": question], asked: [asked],
      reasoning: .person(name: name), variant: "/\(place)", using: &generator)
  }

  private func changesOfMind(using generator: inout RandomStream.Generator) throws -> Request {
    let told = try told(isHarmful: isHarmful, style: .consentElsewhere, using: &generator)
    let lengths = split == .heldOutLength ? ConsentChain.heldOutLengths : ConsentChain.trainingLengths
    let chain = ConsentChain.drawn(
      endsAgreed: told.task.cell?.consent == .permission, length: generator.pick(lengths),
      person: told.owner ?? generator.pick(Owner.all), using: &generator)
    return poured(
      [told.task], into: RequestTemplates.changesOfMind, values: ["C": chain.story], reasoning: .consent(chain),
      using: &generator)
  }

  private func ownershipChain(using generator: inout RandomStream.Generator) throws -> Request {
    let told = try told(isHarmful: isHarmful, style: .ownerElsewhere, using: &generator)
    let lengths = split == .heldOutLength ? OwnershipChain.heldOutLengths : OwnershipChain.trainingLengths
    let chain = OwnershipChain.drawn(
      owner: told.owner, length: generator.pick(lengths), object: told.object, using: &generator)
    return poured(
      [told.task], into: RequestTemplates.ownershipChain, values: ["C": chain.story],
      reasoning: .ownership(chain), using: &generator)
  }

  private func poured(
    _ tasks: [Request.Task], into templates: [Template], values: [String: String] = [:], asked: [Int]? = nil,
    reasoning: Reasoning = .none, variant: String = "", using generator: inout RandomStream.Generator
  ) -> Request {
    let drawn = generator.below(templates.count)
    let place = template.map { $0 % templates.count } ?? drawn
    return Request(
      tasks, into: templates[place], named: "\(family.rawValue)/\(place)\(variant)", values: values,
      family: family, asked: asked, reasoning: reasoning, split: split)
  }
}
