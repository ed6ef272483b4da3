import Experiment
import Manuscript
import Statistics
import Tensor
import Transformer

/// Attribution patching (Nanda 2023; Syed et al. 2023, arXiv 2310.10348): what a patch would do, to first order. The
/// difference of the two runs' activations times the gradient of the metric where the run is unchanged.
///
/// One run there and back gives every place at once. How far the estimate can be trusted is measured each time: a sample
/// of places is patched in earnest, and the correlation of the two is a result.
struct AttributionPatching {
  let axes: PatchAxes
  /// For each position and pair, the token that is patched, and the one of the other run that it gets.
  let base, source: [[Int]]
  let configuration: ModelConfiguration

  /// The problems of settings that only a run can answer.
  static func problems(_ settings: PatchSettings, in scope: CellScope) -> [Problem] {
    guard settings.method == .attribution else { return [] }
    var problems: [Problem] = []
    if settings.checked < 8 {
      problems.append(
        Problem(
          "fewer than eight places do not show how far an estimate can be trusted", at: scope.location(of: "checked"),
          expected: "expected: 8 or more"))
    }
    if settings.receiver != nil {
      problems.append(
        Problem(
          "a path cannot be estimated from one gradient", at: scope.location(of: "receiver"),
          expected: "expected: method: exact"))
    }
    if settings.span == .cumulative {
      problems.append(
        Problem(
          "layers that are patched together do not add up", at: scope.location(of: "span"),
          expected: "expected: span: single, or method: exact"))
    }
    return problems
  }

  /// The places that are run in earnest, drawn without replacement: at least 1 in 50, and so many if there are.
  static func sample(of count: Int, atLeast least: Int, by stream: RandomStream) -> [Int] {
    var generator = stream.generator()
    return (0..<count).shuffled(using: &generator).prefix(max(least, (count + 49) / 50)).sorted()
  }

  /// The estimated change of the metric: `[place][pair]`.
  ///
  /// - Parameters:
  ///   - places: where.
  ///   - own: the unchanged run's activations.
  ///   - other: the other run's.
  ///   - gradients: of the metric, at the unchanged run.
  func estimates(
    _ places: [PatchAxes.Place], own: Activations, other: Activations, gradients: Activations
  ) throws -> [[Double]] {
    // Activations are fetched once for each layer and pair, whatever is read of them.
    var estimates = places.map { _ in [Double]() }
    for (layer, indices) in Dictionary(grouping: places.indices, by: { places[$0].layer }) {
      let hook = axes.hook(layer: layer)
      for pair in base[0].indices {
        let (mine, theirs) = (
          Rows(try own.tensor(hook, sequence: pair), hook), Rows(try other.tensor(hook, sequence: pair), hook)
        )
        let slopes = Rows(try gradients.tensor(hook, sequence: pair), hook)
        for index in indices {
          let place = places[index]
          let (to, from) = (base[place.position][pair], source[place.position][pair])
          var sum = 0.0
          for (head, elements) in elements(of: axes.parts[place.part], hook, width: mine.width) {
            for i in elements {
              // Scores that are hidden are minus infinity in both runs, and nothing depends on them.
              let slope = Double(slopes[head, to, i])
              if slope != 0 { sum += (Double(theirs[head, from, i]) - Double(mine[head, to, i])) * slope }
            }
          }
          estimates[index].append(sum)
        }
      }
    }
    return estimates
  }

  /// What a part is of one position's numbers: the elements, and of scores and patterns the head whose keys they are.
  private func elements(
    of part: Intervention.Components, _ hook: HookPoint, width: Int
  ) -> [(head: Int, elements: Range<Int>)] {
    let shape = hook.site.shape(in: configuration)
    let isPairwise = hook.site.isPairwise
    let size = shape.count == 2 ? shape[1] : 1
    switch part {
    case .all: return isPairwise ? (0..<shape[0]).map { ($0, 0..<width) } : [(0, 0..<width)]
    case .heads(let parts), .neurons(let parts):
      return parts.map { isPairwise ? ($0, 0..<width) : (0, $0 * size..<($0 + 1) * size) }
    }
  }

  /// How well estimates foretell effects, over the places that were run.
  static func agreement(of estimated: [Estimate], with exact: [Estimate]) throws -> Value {
    let (a, b) = (estimated.map(\.value), exact.map(\.value))
    var facts: [String: Value] = [
      "checked": .integer(a.count), "largest_error": .number(zip(a, b).map { abs($0 - $1) }.max() ?? 0),
    ]
    // One place has no correlation, and neither have places that all do the same.
    if a.count > 1, let r = try Correlation.pearson(a, b) {
      facts["correlation"] = .estimate(Correlation.interval(r, pairs: a.count))
    }
    if a.count > 1, let rank = try Correlation.spearman(a, b) { facts["rank_correlation"] = .number(rank) }
    return .group(facts)
  }

  /// The places that were run, with both effects.
  func table(_ places: [PatchAxes.Place], estimated: [Estimate], exact: [Estimate]) -> Table {
    let part = axes.partName
    return Table(
      name: "check", caption: "Effects estimated from gradients beside those of patches that were run.",
      columns: [.init("position"), .init("layer", format: "%.0f")] + (part.map { [.init($0)] } ?? [])
        + [.init("estimated"), .init("exact")],
      rows: zip(places, zip(estimated, exact)).map { place, effects in
        [.text("\(axes.positions[place.position])"), .integer(axes.layers[place.layer])]
          + (part == nil ? [] : [.text(axes.partLabels[place.part])])
          + [.estimate(effects.0), .estimate(effects.1)]
      })
  }

  /// Rows by position, whatever the site.
  private struct Rows {
    private let values: [Float]
    private let positions: Int
    let width: Int
    private let isPairwise: Bool

    init(_ tensor: Tensor, _ hook: HookPoint) {
      values = tensor.values
      isPairwise = hook.site.isPairwise
      positions = tensor.shape[isPairwise ? 1 : 0]
      width = isPairwise ? tensor.shape[2] : tensor.values.count / max(1, positions)
    }

    subscript(head: Int, position: Int, element: Int) -> Float {
      values[((isPairwise ? head * positions : 0) + position) * width + element]
    }
  }
}
