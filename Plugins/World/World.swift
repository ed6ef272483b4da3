import Tensor

/// A small world with rules, and everything that is said in it: a pure function of its seed.
///
/// Each document and each evaluation request has a random stream of its own, named by what it is and its index: none
/// depends on which others were drawn, on how many, or in what order. What is held out does not depend on the seed.
///
///     let world = try World(seed: 17)
///     try world.trainingDocument(at: 1_000_000, in: .full).text
///     try world.requests(.single, split: .heldOutCombination, isHarmful: true, count: 100)
public struct World: Sendable {
  /// Where the world's random numbers come from.
  public let seed: UInt64
  let phases: [Phase: PhasePlan]
  let training: CellSides
  let unseen: CellSides

  /// A part of training, with its mixture.
  public enum Phase: String, CaseIterable, Codable, Sendable, Hashable {
    /// The first 30% of training: single requests, and some scary words.
    case foundation
    /// The rest: every family.
    case full

    /// The phase after this share (0 to 1) of training.
    public static func at(progress: Double) -> Phase { progress < 0.3 ? .foundation : .full }
  }

  /// A mixture, ready to draw from.
  struct PhasePlan: Sendable {
    let mixture: Mixture
    let families: [Double]
    let modes: [Double]

    init(_ mixture: Mixture) throws {
      let shares = try mixture.validated()
      self.mixture = mixture
      families = cumulative(shares.families)
      modes = cumulative(shares.modes)
    }
  }

  /// - Parameters:
  ///   - seed: where the world's random numbers come from.
  ///   - foundation: the mixture of the first phase.
  ///   - full: the mixture of the second phase.
  /// - Throws: ``WorldError/badMixture(what:)`` if a mixture names no known family or mode, or has impossible shares.
  public init(seed: UInt64, foundation: Mixture = .foundation, full: Mixture = .full) throws {
    self.seed = seed
    phases = [.foundation: try PhasePlan(foundation), .full: try PhasePlan(full)]
    training = CellSides.training
    unseen = CellSides.unseen
  }

  /// The distribution of cells in training, by side.
  public func cells(isHarmful: Bool) -> CellDistribution { isHarmful ? training.harmful : training.harmless }

  /// A training document: same seed, mixtures, phase and index, same document.
  /// - Throws: ``WorldError`` if the mixture cannot be drawn from.
  public func trainingDocument(at index: Int, in phase: Phase) throws -> Document {
    guard let plan = phases[phase] else { throw WorldError.badMixture(what: "no mixture for \(phase.rawValue)") }
    var generator = stream("document/\(phase.rawValue)/\(index)").generator()
    let family = Family.allCases[generator.index(cumulative: plan.families)]
    let mode = Document.Mode.allCases[generator.index(cumulative: plan.modes)]
    let isHarmful = generator.chance(plan.mixture.harmful)
    let isPivotal = generator.chance(plan.mixture.pivotal)
    let fillers = plan.mixture.fillers[0] + generator.below(plan.mixture.fillers[1] - plan.mixture.fillers[0] + 1)
    var draw = RequestDraw(world: self, family: family, split: .train, isHarmful: isHarmful)
    // By order and two-hop, the other task is harmful or not by a fair coin; nothing to choose.
    draw.isPivotal = (family == .changesOfMind || family == .ownershipChain) && isPivotal ? true : nil
    let request = try draw.request(using: &generator)
    return Document(
      request: request, mode: mode, response: Responses.drawn(for: request, using: &generator), fillers: fillers)
  }

  /// Requests for evaluation: each a function of the seed, what is asked for, and its index.
  /// - Parameters:
  ///   - family: how they are built.
  ///   - split: what about them training never sees.
  ///   - isHarmful: which side; `nil` for the training mixture's share of both.
  ///   - isPivotal: whether what must be worked out decides (see ``Request/isPivotal``); `nil` for either.
  ///   - count: how many.
  ///   - purpose: what they are for; each purpose has requests of its own.
  /// - Throws: ``WorldError/nothingToDraw(family:split:harmful:attempts:)`` if the family has no such requests.
  public func requests(
    _ family: Family, split: Split, isHarmful: Bool? = nil, isPivotal: Bool? = nil, count: Int,
    purpose: String = "evaluation"
  ) throws -> [Request] {
    try (0..<max(0, count)).map {
      try request(family, split: split, isHarmful: isHarmful, isPivotal: isPivotal, at: $0, purpose: purpose)
    }
  }

  /// One such request; see ``requests(_:split:isHarmful:isPivotal:count:purpose:)``.
  /// - Parameters:
  ///   - index: which.
  ///   - template: the place of the sentence to use among the family's, counted round; `nil` for any.
  public func request(
    _ family: Family, split: Split, isHarmful: Bool? = nil, isPivotal: Bool? = nil, at index: Int,
    template: Int? = nil, purpose: String = "evaluation"
  ) throws -> Request {
    let side = isHarmful.map { $0 ? "harmful" : "harmless" } ?? "both"
    let course = isPivotal.map { $0 ? "pivotal" : "idle" } ?? "any"
    let name = "\(purpose)/\(family.rawValue)/\(split.rawValue)/\(side)/\(course)/\(index)"
    var generator = stream(name).generator()
    var draw = RequestDraw(
      world: self, family: family, split: split,
      isHarmful: isHarmful ?? generator.chance(phases[.full]?.mixture.harmful ?? 0.5))
    draw.isPivotal = isPivotal
    draw.template = template
    return try draw.request(using: &generator)
  }

  /// The answer expected of a request: one wording of several, the same each time.
  public func response(to request: Request) -> String {
    var generator = stream("response/\(request.text)").generator()
    return Responses.drawn(for: request, using: &generator)
  }

  func stream(_ purpose: String) -> RandomStream { RandomStream(seed: seed, purpose: "world/\(purpose)") }
}
