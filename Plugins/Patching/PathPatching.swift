import Experiment
import Manuscript
import Tensor
import Transformer

/// Path patching (Wang et al. 2022, arXiv 2211.00593), exact: what goes straight from the patched place to a receiver.
///
/// First the place is patched while every other head and every feed-forward layer up to the receiver keeps what it gave
/// in the unchanged run; then the unchanged run is given the receiver's activation of that run, and nothing else.
struct PathPatching {
  let receiver: HookPoint
  private let heads: Intervention.Components

  /// Sites that may send: what heads and feed-forward layers write.
  private static let senders: Set<HookSite> = [.z, .result, .attnOut, .attnModuleOut, .mlpOut, .mlpModuleOut, .mlpPost]

  /// `nil` if the cell names no receiver.
  init?(_ settings: PatchSettings) throws {
    guard let name = settings.receiver else { return nil }
    receiver = try HookPoint(name)
    heads = settings.receiverHeads.isEmpty ? .all : .heads(settings.receiverHeads)
  }

  /// What is wrong with the receiver.
  static func problems(_ settings: PatchSettings, in scope: CellScope) -> [Problem] {
    guard let name = settings.receiver, let configuration = scope.subject?.model.configuration else { return [] }
    let location = scope.location(of: "receiver")
    let receiver: HookPoint
    do {
      receiver = try HookPoint(name)
      _ = try HookPattern(receiver).points(in: configuration)
    } catch {
      return [Problem("\(error)", at: location, expected: "expected: one hook, as 7.q or 9.resid_post")]
    }
    var problems: [Problem] = []
    if !senders.contains(settings.site.hook) || settings.span == .cumulative {
      problems.append(
        Problem(
          "with a receiver, single layers of a component are patched, not \(settings.site.written)",
          at: scope.location(of: "site"),
          expected: "allowed: " + senders.map(\.shortName).sorted().joined(separator: ", ")))
    }
    if receiver.site.isPairwise || receiver.site.isScale {
      problems.append(Problem("\(name) cannot receive", at: location, expected: "expected: a vector for each position"))
    }
    let late = settings.layers.resolved(count: configuration.layers).filter { $0 > receiver.layer }
    if !receiver.site.isBehindBlocks, settings.layers != .all, let layer = late.first {
      problems.append(
        Problem(
          "layer \(layer) lies behind the receiver \(name)", at: scope.location(of: "layers"),
          expected: "expected: layers up to \(receiver.layer)"))
    }
    let shape = receiver.site.shape(in: configuration)
    if !settings.receiverHeads.isEmpty,
      shape.count != 2 || settings.receiverHeads.contains(where: { !(0..<shape[0]).contains($0) })
    {
      problems.append(
        Problem(
          "“receiver_heads” names heads that \(name) does not have", at: scope.location(of: "receiver_heads"),
          expected: shape.count == 2 ? "expected: 0 to \(shape[0] - 1)" : "expected: a receiver with heads, as 7.q"))
    }
    return problems
  }

  /// Whether what is patched in a layer comes before the receiver.
  func reaches(from site: HookSite, layer: Int) -> Bool {
    receiver.site.isBehindBlocks || layer < receiver.layer
      || layer == receiver.layer && Self.order(site) < Self.order(receiver.site)
  }

  /// The components that keep what they gave in the unchanged run: all from a layer on whose output the receiver reads.
  func held(from layer: Int = 0, _ configuration: ModelConfiguration) -> [HookPattern] {
    func layers(_ site: HookSite, readBehind behind: HookSite) -> [HookPattern] {
      let end =
        receiver.site.isBehindBlocks
        ? configuration.layers : receiver.layer + (Self.order(receiver.site) > Self.order(behind) ? 1 : 0)
      return layer < end ? [HookPattern(site, layers: .some(Array(layer..<end)))] : []
    }
    // A receiver within a sublayer must be free to change it.
    return layers(.z, readBehind: .attnOut) + layers(.mlpOut, readBehind: .mlpOut)
  }

  /// The place of a site in the order in which a block meets them.
  private static func order(_ site: HookSite) -> Int { HookSite.allCases.firstIndex(of: site) ?? 0 }

  /// For each patch the changes that carry only its straight path.
  ///
  /// - Parameters:
  ///   - patches: the sending patch, the first layer that it touches, and the first position, by sequence.
  ///   - own: the unchanged run's activations at ``held(_:)``.
  ///   - progress: told how many are done.
  func arms(
    of patches: [(patch: Intervention, layer: Int, first: [Int])], own: Activations, model: Model, sequences: [[Int]],
    progress: @escaping @Sendable (Int, Int) throws -> Void
  ) throws -> [[Intervention]] {
    let configuration = model.configuration
    let isInLoop = !receiver.site.isBehindBlocks
    var arms: [[Intervention]] = []
    // Some at a time: what the receiver has is kept for each.
    for begin in stride(from: 0, to: patches.count, by: 32) {
      let some = patches[begin..<min(begin + 32, patches.count)]
      let senders = some.map { patch, layer, first in
        let behind = Positions.indices(zip(first, sequences).map { Array($0..<$1.count) })
        let held = held(from: layer, configuration)
        let holding = Intervention(at: held, positions: behind, operation: .replace(from: own))
        // The patch comes last, so that it stands where both would act.
        return (held.isEmpty ? [] : [holding]) + [patch]
      }
      let sweep = try Sweep(
        of: model, over: sequences, arms: senders, capture: [HookPattern(receiver)], logits: .none,
        stopAfterLayer: isInLoop ? receiver.layer : nil)
      let received = try sweep.run(progress: { done, total in
        try progress(begin + done * some.count / total, patches.count)
      }) {
        try $0.activation(receiver).values
      }
      for (values, patch) in zip(received.values, some) {
        let activations = try Activations(
          receiver, rows: zip(values, sequences).map { ($0, Array($1.indices)) }, configuration: configuration)
        arms.append([
          Intervention(
            at: receiver, components: heads,
            positions: .indices(zip(patch.first, sequences).map { Array($0..<$1.count) }),
            operation: .replace(from: activations))
        ])
      }
    }
    return arms
  }
}
