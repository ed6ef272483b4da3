import Tensor
import Testing
import Transformer

@Suite("Interventions")
struct InterventionTests {
  let prompts = Fixture.prompts(4)
  let tokens = Fixture.prompts(4).reduce(0) { $0 + $1.count }

  @Test("Zero and mean put in what they say, at the positions that they name, and count them.")
  func values() throws {
    let model = try Fixture.model()
    let hook = HookPoint(.mlpOut, layer: 1)
    let width = model.configuration.width
    let mean = Fixture.vector(width)
    let zeroed = try model.forward(
      prompts, capture: [HookPattern(hook)], interventions: [Intervention(at: hook, operation: .zero)])
    let replaced = try model.forward(
      prompts, capture: [HookPattern(hook)],
      interventions: [Intervention(at: hook, positions: .last, operation: .mean(mean))])
    let plain = try model.forward(prompts, capture: [HookPattern(hook)])
    for i in prompts.indices {
      #expect(try zeroed.activation(hook, sequence: i).values.allSatisfy { $0 == 0 })
      let ours = try replaced.activation(hook, sequence: i).values
      let before = try plain.activation(hook, sequence: i).values
      #expect(ours.suffix(width).elementsEqual(mean))
      #expect(ours.dropLast(width).elementsEqual(before.dropLast(width)))
    }
    #expect(zeroed.interventions[0].fired == tokens && zeroed.interventions[0].changed == tokens)
    #expect(replaced.interventions[0].firedBySequence == [1, 1, 1, 1])
    let squares = try prompts.indices.map { i in
      try plain.activation(hook, sequence: i).values.reduce(0) { $0 + Double($1) * Double($1) }
    }
    let distance = squares.reduce(0, +).squareRoot()
    #expect(abs(zeroed.interventions[0].distance - distance) < 1e-9 * distance)
  }

  @Test("An ablated residual stream has no component along the direction, at any length of the direction.")
  func ablation() throws {
    let model = try Fixture.model()
    let direction = Fixture.vector(model.configuration.width)
    let forward = try model.forward(
      prompts, capture: [.residPre, .attnOut, .mlpOut, .residPost].map { HookPattern($0) },
      interventions: [.directionalAblation(direction)])
    let length = direction.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    for hook in forward.activations.hooks {
      let values = try forward.activation(hook, sequence: 2).values
      for row in stride(from: 0, to: values.count, by: direction.count) {
        let projection = direction.indices.reduce(0) { $0 + Double(values[row + $1]) * Double(direction[$1]) }
        #expect(abs(projection) / length < 2e-6, "\(hook): \(projection)")
      }
    }
    #expect(forward.interventions[0].fired == 3 * model.configuration.layers * tokens)
    let doubled = try model.forward(
      prompts, interventions: [.directionalAblation(direction.map { 2 * $0 })])
    #expect(try doubled.logits(sequence: 1).values == forward.logits(sequence: 1).values)
  }

  @Test("Ablating a direction everywhere equals taking it out of every matrix that writes to the residual stream.")
  func weightEdit() throws {
    let configuration = try Fixture.configuration(tied: false)
    let direction = Fixture.vector(configuration.width)
    let length = direction.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    let unit = direction.map { Double($0) / length }
    var weights = Fixture.weights(configuration)
    let model = try Model(configuration: configuration, weights: weights)
    for parameter in configuration.parameters {
      guard var values = weights[parameter.name]?.values else { continue }
      func project(_ index: (Int, Int) -> Int, count: Int) {
        for j in 0..<count {
          let dot = unit.indices.reduce(0) { $0 + unit[$1] * Double(values[index($1, j)]) }
          for i in unit.indices { values[index(i, j)] = Float(Double(values[index(i, j)]) - dot * unit[i]) }
        }
      }
      switch parameter.role {
      case .embedding: project({ $1 * unit.count + $0 }, count: parameter.shape[0])
      case .attentionOutput, .down: project({ $0 * parameter.shape[1] + $1 }, count: parameter.shape[1])
      default: continue
      }
      weights[parameter.name] = Tensor(parameter.shape, values)
    }
    let edited = try Model(configuration: configuration, weights: weights).forward(prompts, logits: .all)
    let ablated = try model.forward(prompts, interventions: [.directionalAblation(direction)], logits: .all)
    for i in prompts.indices {
      let difference = largestDifference(
        try edited.logits(sequence: i).values.map(Double.init), try ablated.logits(sequence: i).values.map(Double.init))
      #expect(difference < 2e-5, "\(difference)")
    }
  }

  @Test("Addition adds the scaled vector, and what comes before its positions stays as it was.")
  func addition() throws {
    let model = try Fixture.model()
    let hook = HookPoint(.residPre, layer: 1)
    let vector = Fixture.vector(model.configuration.width)
    let plain = try model.forward(prompts, capture: [HookPattern(.residPre)])
    let added = try model.forward(
      prompts, capture: [HookPattern(.residPre)],
      interventions: [
        Intervention(at: hook, positions: .indices([[], [2], [], []]), operation: .add(vector, scale: -1.5))
      ])
    let before = try plain.activation(hook, sequence: 1).values
    let after = try added.activation(hook, sequence: 1).values
    let width = vector.count
    for i in 0..<width {
      #expect(after[2 * width + i] == Float(Double(before[2 * width + i]) - 1.5 * Double(vector[i])))
    }
    #expect(after.prefix(2 * width).elementsEqual(before.prefix(2 * width)))
    #expect(added.interventions[0].firedBySequence == [0, 1, 0, 0])
    let later = HookPoint(.residPre, layer: 2)
    let early = try added.activation(later, sequence: 1).values.prefix(2 * width)
    #expect(early.elementsEqual(try plain.activation(later, sequence: 1).values.prefix(2 * width)))
    #expect(try added.activation(later, sequence: 1) != plain.activation(later, sequence: 1))
    #expect(try added.logits(sequence: 0) == plain.logits(sequence: 0))
  }

  @Test("Replacing an activation by itself changes no bit at any site.")
  func replaceItself() throws {
    let model = try Fixture.model()
    let plain = try model.forward(prompts, capture: Fixture.everything, logits: .all)
    for site in Fixture.sites {
      let patched = try model.forward(
        prompts, capture: Fixture.everything,
        interventions: [Intervention(at: [HookPattern(site)], operation: .replace(from: plain.activations))],
        logits: .all)
      #expect(patched.interventions[0].changed == 0 && patched.interventions[0].distance == 0)
      #expect(patched.interventions[0].fired == tokens * (site.isPerLayer ? model.configuration.layers : 1))
      for i in prompts.indices {
        let difference = firstDifference(
          try plain.bits(model.configuration, sequence: i), try patched.bits(model.configuration, sequence: i))
        #expect(difference == nil, "\(site) changed \(difference ?? "")")
      }
    }
  }

  @Test("Replacing the residual stream of a whole layer makes one prompt's run end like another's.")
  func replaceOther() throws {
    let model = try Fixture.model()
    let pair = [Fixture.prompts(4)[1], Array(Fixture.prompts(4)[1].reversed())]
    let hook = HookPoint(.residPost, layer: 1)
    let plain = try model.forward(pair, capture: [HookPattern(hook)])
    let swapped = try model.forward([pair[1], pair[0]], capture: [HookPattern(hook)])
    let patched = try model.forward(
      pair, interventions: [Intervention(at: hook, operation: .replace(from: swapped.activations))])
    #expect(try patched.logits(sequence: 0) == plain.logits(sequence: 1))
    #expect(try patched.logits(sequence: 1) == plain.logits(sequence: 0))
  }

  @Test("Every site is upstream of the logits: scaling what is there changes them.")
  func upstream() throws {
    let model = try Fixture.model()
    let plain = try model.forward(prompts)
    for site in Fixture.sites {
      let scaled = try model.forward(
        prompts, interventions: [Intervention(at: [HookPattern(site, layers: .one(0))], operation: .scale(1.5))])
      #expect(try scaled.logits(sequence: 2) != plain.logits(sequence: 2), "\(site)")
    }
  }

  @Test("Interventions at one hook apply in order, and give the same bits and counts in any batch and on any threads.")
  func order() throws {
    let vector = Fixture.vector(40)
    let list = [
      Intervention(at: [HookPattern(.residMid)], operation: .add(vector, scale: 3)),
      Intervention(at: [HookPattern(.residMid)], operation: .ablate(vector)),
    ]
    let model = try Fixture.model()
    let one = try withThreads(1) { try model.forward(prompts, interventions: list) }
    let two = try withThreads(3) { try model.forward(prompts, interventions: list) }
    let other = try model.forward(prompts, interventions: list.reversed())
    #expect(one.interventions == two.interventions)
    for i in prompts.indices {
      #expect(try one.logits(sequence: i) == two.logits(sequence: i))
      #expect(try one.logits(sequence: i) != other.logits(sequence: i))
      let alone = try model.forward([prompts[i]], interventions: list)
      #expect(try alone.logits(sequence: 0) == one.logits(sequence: i))
    }
  }

  @Test("An intervention that reaches no position is an error, and so is one that does not fit.")
  func mistakes() throws {
    let model = try Fixture.model()
    let width = model.configuration.width
    func message(_ intervention: Intervention) throws -> String {
      let error = #expect(throws: InterventionError.self) { try model.forward(prompts, interventions: [intervention]) }
      return try #require(error).description
    }
    let residual = [HookPattern(.residPre)]
    let nowhere: [Positions] = [.indices([[], [], [], []]), .indices([[99], [], [], []]), .fromGenerated(0)]
    for positions in nowhere {
      let text = try message(Intervention(at: residual, positions: positions, operation: .zero))
      #expect(text.contains("reached no position") && text.contains("blocks.*.hook_resid_pre"))
    }
    for (site, operation) in [
      (HookSite.attnScores, Intervention.Operation.zero), (.pattern, .ablate([1])), (.z, .knockout(keys: .all)),
      (.ln1Scale, .zero),
    ] {
      #expect(try message(Intervention(at: [HookPattern(site)], operation: operation)).contains("cannot be made at"))
    }
    let parts: [(HookSite, Intervention.Components, String)] = [
      (.residPre, .heads([0]), "has none"), (.z, .neurons([0]), "has none"), (.z, .heads([4]), "has 4, counted from 0"),
      (.mlpPost, .neurons([3, 3]), "one twice"), (.pattern, .heads([]), "names heads that are not there"),
    ]
    for (site, components, text) in parts {
      #expect(
        try message(Intervention(at: [HookPattern(site)], components: components, operation: .zero)).contains(text))
    }
    #expect(
      try message(
        Intervention(at: [HookPattern(.z), HookPattern(.result)], components: .heads([1]), operation: .scale(2))
      ).contains("other elements"))
    #expect(try message(.knockout(queries: .last, keys: .all)).contains("leave it one"))
    #expect(try message(Intervention(at: residual, operation: .mean([1, 2]))).contains("vector of 2 numbers"))
    let none = [Float](repeating: 0, count: width)
    #expect(try message(Intervention(at: residual, operation: .ablate(none))).contains("length zero"))
    let stored = try model.forward(prompts, capture: residual, at: .last).activations
    #expect(
      try message(Intervention(at: residual, operation: .replace(from: stored))).contains("sequence 1 at position 0"))
    let fewer = try model.forward([[1]], capture: residual).activations
    #expect(try message(Intervention(at: residual, operation: .replace(from: fewer))).contains("for 1 sequences"))
  }
}
