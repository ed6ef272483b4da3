import Experiment
import Manuscript
import Transformer

/// The places that a `{patch}` cell patches, one after the other: position x layer x head or neuron.
struct PatchAxes {
  let layers: [Int]
  let positions: [Position]
  /// Heads or neurons; one entry, all of them, where none are named.
  let parts: [Intervention.Components]
  /// What the parts are called, if there are any.
  let partName: String?
  private let site: HookSite
  private let span: PatchSettings.Span

  /// One place.
  struct Place {
    let position: Int
    let layer: Int
    let part: Int
  }

  init(_ settings: PatchSettings, prompts: [Prompt], configuration: ModelConfiguration) throws {
    site = settings.site.hook
    span = settings.span
    layers = site.isPerLayer ? settings.layers.resolved(count: configuration.layers) : [0]
    positions = try settings.positions.flatMap { try $0.expanded(in: prompts) }
    if let heads = settings.heads {
      parts = heads.resolved(count: site.shape(in: configuration)[0]).map { .heads([$0]) }
      partName = "head"
    } else if !settings.neurons.isEmpty {
      parts = settings.neurons.map { .neurons([$0]) }
      partName = "neuron"
    } else {
      (parts, partName) = ([.all], nil)
    }
  }

  /// Every place, in the order position, layer, part.
  var places: [Place] {
    positions.indices.flatMap { position in
      layers.indices.flatMap { layer in parts.indices.map { Place(position: position, layer: layer, part: $0) } }
    }
  }

  /// The names of the parts, for an axis.
  var partLabels: [String] {
    parts.map { part in
      switch part {
      case .all: ""
      case .heads(let heads): heads.map(String.init).joined(separator: ",")
      case .neurons(let neurons): neurons.map(String.init).joined(separator: ",")
      }
    }
  }

  /// The hooks that are patched at a place.
  func hooks(_ place: Place) -> [HookPattern] {
    let last = layers[place.layer]
    let together = span == .single ? [last] : Array(layers[...place.layer])
    return [HookPattern(site, layers: .some(together))]
  }

  /// The hook of one of the layers.
  func hook(layer: Int) -> HookPoint { HookPoint(site, layer: layers[layer]) }

  /// Every hook that is patched anywhere.
  var everywhere: [HookPattern] { [HookPattern(site, layers: .some(layers))] }

  /// The problems of heads and neurons that the site does not have, and of layers where it has none.
  static func problems(_ settings: PatchSettings, in scope: CellScope) -> [Problem] {
    guard let configuration = scope.subject?.model.configuration else { return [] }
    let site = settings.site.hook
    var problems: [Problem] = []
    guard site.exists(in: configuration) else {
      return [
        Problem(
          "a \(configuration.family.rawValue) model has no \(settings.site.written)", at: scope.location(of: "site"),
          expected: "allowed: " + HookSite.all(in: configuration).map(\.shortName).joined(separator: ", "))
      ]
    }
    let shape = site.shape(in: configuration)
    let hasHeads = shape.count == 2 || site.isPairwise
    if let heads = settings.heads {
      if !hasHeads {
        problems.append(
          Problem(
            "\(settings.site.written) has no heads", at: scope.location(of: "heads"),
            expected: "expected a site of heads: q, k, v, rot_q, rot_k, z, result, attn_scores, pattern"))
      } else if case .some(let list) = heads, let head = list.first(where: { $0 >= shape[0] }) {
        problems.append(
          Problem(
            "head \(head) does not exist at \(settings.site.written)", at: scope.location(of: "heads"),
            expected: "expected: 0 to \(shape[0] - 1)"))
      }
    }
    if !settings.neurons.isEmpty {
      if hasHeads || settings.heads != nil {
        problems.append(
          Problem("“neurons” are for sites without heads", at: scope.location(of: "neurons"), expected: "as mlp_post"))
      } else if let neuron = settings.neurons.first(where: { !(0..<shape[0]).contains($0) }) {
        problems.append(
          Problem(
            "neuron \(neuron) does not exist at \(settings.site.written)", at: scope.location(of: "neurons"),
            expected: "expected: 0 to \(shape[0] - 1)"))
      }
    }
    if Set(settings.neurons).count < settings.neurons.count {
      problems.append(Problem("“neurons” names one twice", at: scope.location(of: "neurons")))
    }
    return problems
  }
}
