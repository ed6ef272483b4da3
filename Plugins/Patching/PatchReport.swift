import Experiment
import Statistics
import Transformer

/// What a `{patch}` cell shows: an effect for every place, the strongest of them, and a map.
struct PatchReport {
  let settings: PatchSettings
  let axes: PatchAxes
  /// The effect of each place that was reached, by position, layer and part.
  let effects: [[Int]: Estimate]
  /// What the positions are called.
  let labels: [String]

  /// - Parameter facts: values beside the effects.
  func results(_ facts: [String: Value]) -> Results {
    let site = settings.site.written
    func effect(_ position: Int, _ layer: Int, _ part: Int) -> Estimate? { effects[[position, layer, part]] }
    func value(_ estimate: Estimate?) -> Value { estimate.map(Value.estimate) ?? .text("not reached") }

    var results = Results()
    results.values = facts
    results.values["effect"] = .group(
      Dictionary(
        uniqueKeysWithValues: axes.positions.enumerated().map { p, position in
          let layers = axes.layers.indices.map { l -> Value in
            axes.partName == nil
              ? value(effect(p, l, 0)) : .list(axes.parts.indices.map { value(effect(p, l, $0)) })
          }
          return ("\(position)", .list(layers))
        }))
    if let best = effects.max(by: { abs($0.value.value) < abs($1.value.value) }) {
      var place: [String: Value] = [
        "effect": .estimate(best.value), "layer": .integer(axes.layers[best.key[1]]),
        "position": .text("\(axes.positions[best.key[0]])"),
      ]
      if let name = axes.partName { place[name] = .text(axes.partLabels[best.key[2]]) }
      results.values["strongest"] = .group(place)
    }
    results.headline = ["strongest.effect"]

    let together = settings.span == .single ? "" : ", each layer with those before it"
    let to = settings.receiver.map { " along the path to \($0)" } ?? ""
    func heatmap(_ rowAxis: String, _ rows: [String], _ cells: [[Estimate?]]) -> Figure.Content {
      .heatmap(
        Heatmap(
          rowAxis: .init(rowAxis), rows: rows, columnAxis: .init("layer (\(site))"),
          columns: axes.layers.map { "\($0)" }, quantity: .init("normalised effect", range: -1...1), cells: cells,
          scale: .diverging))
    }
    if let name = axes.partName {
      results.figures = axes.positions.indices.map { p in
        Figure(
          caption: "Normalised effect of patching \(site) at \(labels[p])\(to), by layer and \(name)\(together).",
          content: heatmap(
            name, axes.partLabels,
            axes.parts.indices.map { part in axes.layers.indices.map { effect(p, $0, part) } }))
      }
    } else {
      results.figures = [
        Figure(
          caption: "Normalised effect of patching \(site)\(to), by layer and position\(together).",
          content: heatmap(
            "position", labels, axes.positions.indices.map { p in axes.layers.indices.map { effect(p, $0, 0) } }))
      ]
    }
    return results
  }
}
