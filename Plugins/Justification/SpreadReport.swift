import Experiment
import Statistics

/// What a `{spread}` cell reports.
struct SpreadReport {
  let settings: SpreadSettings
  let pairs: ReasonedPairs
  let layers: [Int]
  /// The direction's layer.
  let chosen: Int
  let decision: CausalSpread
  let reason: CausalSpread

  func results(in context: CellContext) throws -> Results {
    let resamples = try Bootstrap(stream: context.stream("bootstrap"), resamples: settings.resamples)
      .draw(rows: pairs.harmful.count)
    let at = layers.firstIndex(of: chosen) ?? 0
    let both = zip(decision.effectiveNumbers(layer: at), reason.effectiveNumbers(layer: at)).compactMap {
      first, second in
      first.flatMap { first in second.map { (first, $0) } }
    }
    let differences = both.map { $0.1 - $0.0 }
    let paired = try Bootstrap(stream: context.stream("paired"), resamples: settings.resamples).draw(rows: both.count)
    var results = Results()
    results.values = [
      "decision": .list(try layers.indices.map { .estimate(try mean(decision, $0, resamples)) }),
      "reason": .list(try layers.indices.map { .estimate(try mean(reason, $0, resamples)) }),
      "layers": .list(layers.map(Value.integer)),
      "at": .group([
        "layer": .integer(chosen), "decision": .estimate(try mean(decision, at, resamples)),
        "reason": .estimate(try mean(reason, at, resamples)),
        "difference": .estimate(try paired.mean(differences)),
        "p": .number(try PermutationTest.signFlip(differences, stream: context.stream("difference")).p),
      ]),
      "share": .group([
        "decision": .group(try shares(decision, at, resamples)), "reason": .group(try shares(reason, at, resamples)),
      ]),
      "gap": .group([
        "decision": .estimate(try resamples.pairedDifference(decision.base, decision.source)),
        "reason": .estimate(try resamples.pairedDifference(reason.base, reason.source)),
      ]),
      "pairs": .integer(pairs.harmful.count), "unaligned": .integer(pairs.unaligned),
      "unreasoned": .integer(pairs.unreasoned), "no_op": .number(0),
    ]
    results.headline = ["at.decision", "at.reason", "at.difference"]
    results.figures = [try curve(resamples), try bars(at, resamples)]
    return results
  }

  private func mean(_ spread: CausalSpread, _ layer: Int, _ resamples: Resamples) throws -> Estimate {
    let numbers = spread.effectiveNumbers(layer: layer)
    return try resamples.percentile { counts in
      let known = zip(numbers, counts).compactMap { number, count in number.map { ($0, Double(count)) } }
      let weight = known.reduce(0) { $0 + $1.1 }
      return weight > 0 ? known.reduce(0) { $0 + $1.0 * $1.1 } / weight : nil
    }
  }

  /// The share of all effects that each part of prompt and response has.
  private func shares(
    _ spread: CausalSpread, _ layer: Int, _ resamples: Resamples
  ) throws -> [String: Value] {
    var shares: [String: Value] = [:]
    for (part, share) in try estimates(spread, layer, resamples) { shares[part.rawValue] = .estimate(share) }
    return shares
  }

  private func estimates(
    _ spread: CausalSpread, _ layer: Int, _ resamples: Resamples
  ) throws -> [(part: ReasonedPairs.Part, share: Estimate)] {
    try ReasonedPairs.Part.allCases.map { part in
      let values = spread.effects[layer].enumerated().map { pair, effects in
        let total = effects.reduce(0) { $0 + abs($1) }
        let own = effects.enumerated().reduce(0) { sum, effect in
          let isOfPart = ReasonedPairs.part(of: effect.offset, in: pairs.harmful[pair]) == part
          return isOfPart ? sum + abs(effect.element) : sum
        }
        return total > 0 ? own / total : 0
      }
      return (part, try resamples.mean(values))
    }
  }

  private func curve(_ resamples: Resamples) throws -> Figure {
    func series(_ name: String, _ role: Figure.Role, _ spread: CausalSpread) throws -> LineChart.Series {
      LineChart.Series(
        name, role: role, x: layers.map(Double.init), y: try layers.indices.map { try mean(spread, $0, resamples) })
    }
    return Figure(
      caption: "Effective number of positions that carry the decision, and the reason, by the layer patched "
        + "(\(settings.site.written)), with 95% intervals over pairs.",
      content: .lines(
        LineChart(
          xAxis: .init("layer (\(settings.site.written))"), yAxis: .init("effective number of positions"),
          series: [try series("reason", .effect, reason), try series("decision", .baseline, decision)],
          references: [.init(1, "one position")])))
  }

  private func bars(_ layer: Int, _ resamples: Resamples) throws -> Figure {
    let names: [ReasonedPairs.Part: String] = [
      .template: "template before the request", .request: "request", .behind: "template behind it",
      .last: "last token of the prompt", .first: "first token of the response", .later: "later tokens of the response",
    ]
    func group(_ title: String, _ role: Figure.Role, _ spread: CausalSpread) throws -> BarChart.Group {
      BarChart.Group(
        title,
        try estimates(spread, layer, resamples).map { BarChart.Bar(names[$0.part] ?? "", role: role, $0.share) })
    }
    return Figure(
      name: "parts", caption: "Where the effects lie at layer \(chosen): each part's share of all effects.",
      content: .bars(
        BarChart(
          axis: .init("share of effects", unit: "share", range: 0...1),
          groups: [try group("reason", .effect, reason), try group("decision", .baseline, decision)])))
  }
}
