import Experiment
import Statistics
import Tensor
import Transformer

/// Runs of both prompts of every pair, each with the other's state at a place, or with its own.
struct Exchange {
  let subject: Subject
  let metric: RefusalMetric
  let pairs: PromptPairs
  /// The tokens whose activation is exchanged.
  let places: Places
  let site: HookSite
  private let harmful, harmless: Activations
  /// Each prompt's own score: `[pair]`.
  private let scores: (harmful: [Double], harmless: [Double])

  init(_ settings: InterchangeSettings, pairs: PromptPairs, in context: CellContext) throws {
    let (subject, data) = (try context.subject, try context.data)
    let metric = try RefusalMetric(
      tokens: settings.refusalTokens, phrases: settings.refusalPhrases, subject: subject)
    let positions = try settings.positions.flatMap { try $0.expanded(in: pairs.harmful + pairs.harmless) }
    func places(in prompts: [Prompt]) throws -> [[Int]] {
      try prompts.map { prompt in try positions.map { try subject.index(of: $0, in: prompt, data: data) } }
    }
    self.places = Places(harmful: try places(in: pairs.harmful), harmless: try places(in: pairs.harmless))
    (self.subject, self.metric, self.pairs, site) = (subject, metric, pairs, settings.site.hook)
    let capture = [HookPattern(site)]
    // Controls read at other places, so every position is kept.
    let first = try subject.model.forward(pairs.harmful.map(\.tokens), capture: capture)
    let second = try subject.model.forward(pairs.harmless.map(\.tokens), capture: capture)
    (harmful, harmless) = (first.activations, second.activations)
    func scores(_ forward: Forward) throws -> [Double] {
      try pairs.harmful.indices.map { metric.score(try forward.logits(sequence: $0).values) }
    }
    self.scores = (try scores(first), try scores(second))
  }

  /// What is taken from the other run.
  enum Part {
    case everything
    case span(Subspace)
  }

  /// Whose state a run is given.
  enum Source { case other, itself }

  /// The change that puts a state into the runs of the harmful prompts, or of the harmless ones: each position's, found by
  /// its name in either prompt.
  func change(
    ofHarmful: Bool, _ part: Part, from source: Source = .other, layer: Int, at places: Places? = nil
  ) -> Intervention {
    let places = places ?? self.places
    let to = ofHarmful ? places.harmful : places.harmless
    let takesHarmful = ofHarmful == (source == .itself)
    let from = takesHarmful ? places.harmful : places.harmless
    let own = takesHarmful ? harmful : harmless
    let activations = from == to ? own : own.moved(zip(from, to).map { zip($0, $1).map { (from: $0, to: $1) } })
    let operation: Intervention.Operation =
      switch part {
      case .everything: .replace(from: activations)
      case .span(let span): .rotate(span, from: activations)
      }
    return Intervention(
      at: HookPoint(site, layer: layer), positions: .indices(to.map { Set($0).sorted() }), operation: operation)
  }

  /// What the other prompt's state at a layer is less one's own, place by place: `[pair][places * d_model]`.
  func differences(ofHarmful: Bool, layer: Int) throws -> [[Float]] {
    let point = HookPoint(site, layer: layer)
    let width = site.width(in: subject.model.configuration)
    return try places.harmful.indices.map { pair in
      let (to, from) = (
        try (ofHarmful ? harmful : harmless).tensor(point, sequence: pair).values,
        try (ofHarmful ? harmless : harmful).tensor(point, sequence: pair).values
      )
      let own = ofHarmful ? places.harmful[pair] : places.harmless[pair]
      let other = ofHarmful ? places.harmless[pair] : places.harmful[pair]
      return zip(own, other).flatMap { own, other in
        (0..<width).map { from[other * width + $0] - to[own * width + $0] }
      }
    }
  }

  /// The gradient of the refusal score with a span exchanged, with respect to the state at the layer:
  /// `[pair][places * d_model]`.
  func gradients(ofHarmful: Bool, _ span: Subspace, layer: Int) throws -> [[Float]] {
    let tokens = (ofHarmful ? pairs.harmful : pairs.harmless).map(\.tokens)
    let changes = [change(ofHarmful: ofHarmful, .span(span), layer: layer)]
    let forward = try subject.model.forward(tokens, interventions: changes)
    let seeds = try tokens.indices.map {
      GradientSeed(logits: metric.scoreSlopes(try forward.logits(sequence: $0).values))
    }
    let own = ofHarmful ? places.harmful : places.harmless
    let point = HookPoint(site, layer: layer)
    let gradients = try subject.model.gradients(
      of: seeds, over: tokens, at: [HookPattern(point)], positions: .indices(own.map { Set($0).sorted() }),
      interventions: changes)
    let width = site.width(in: subject.model.configuration)
    return try own.enumerated().map { pair, places in
      let kept = try gradients.positions(point, sequence: pair)
      let rows = try gradients.tensor(point, sequence: pair).values
      return places.flatMap { place in
        let row = kept.firstIndex(of: place) ?? 0
        return rows[row * width..<(row + 1) * width]
      }
    }
  }

  /// The refusal scores of the four runs with a state exchanged at each of some layers: `[layer]`.
  ///
  /// - Parameter places: where it is put; where it stands if `nil`.
  func scores(
    _ part: Part, layers: [Int], at places: Places? = nil, from source: Source = .other,
    progress: (@Sendable (Int, Int) throws -> Void)? = nil
  ) throws -> [TwoByTwo] {
    func run(ofHarmful: Bool) throws -> [[Double]] {
      let prompts = ofHarmful ? pairs.harmful : pairs.harmless
      let sweep = try Sweep(
        of: subject.model, over: prompts.map(\.tokens),
        arms: layers.map { [change(ofHarmful: ofHarmful, part, from: source, layer: $0, at: places)] })
      return try sweep.run(progress: progress) { [metric] in metric.score($0.logits.values) }.values
    }
    let (first, second) = (try run(ofHarmful: true), try run(ofHarmful: false))
    return layers.indices.map {
      TwoByTwo(
        bothHarmful: scores.harmful, harmlessHarm: first[$0], harmfulHarm: second[$0], bothHarmless: scores.harmless)
    }
  }

  /// What each prompt of one side says under a change.
  func responses(ofHarmful: Bool, _ changes: [Intervention], maxNewTokens: Int) throws -> [String] {
    try subject.model.generate(
      prompts: (ofHarmful ? pairs.harmful : pairs.harmless).map(\.tokens),
      options: GenerationOptions(maxNewTokens: maxNewTokens, stop: subject.stop, interventions: changes)
    ).sequences.map { subject.tokenizer.decode($0.text) }
  }
}

/// The tokens of each pair's prompts that correspond: `[pair][position]`.
struct Places {
  let harmful, harmless: [[Int]]
}
