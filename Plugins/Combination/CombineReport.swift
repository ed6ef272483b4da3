import Experiment
import Statistics

/// What a `{combine}` cell reports.
struct CombineReport {
  let run: CombineRun
  let measured: CombineRun.Measured

  private var settings: CombineSettings { run.settings }
  private var names: [String] { run.directions.names }
  private var contrasts: Contrasts { measured.contrasts }
  private var layers: [Int] { run.layers }

  private func mean(_ values: [Double]) throws -> Estimate { try measured.resamples.mean(values) }

  func results() throws -> Results {
    var results = Results()
    results.values = try values()
    results.headline = ["interaction", "relative", "rules.best"]
    results.figures = try [interactions(), counts(), rules(), natural()]
    results.tables = try [pairTable(), ruleTable()]
    if try mean(contrasts.effect(ofSize: 1, dose: measured.dose, axis: measured.axis)).low ?? 0 <= 0 {
      results.notes.append(
        "At the dose that counts, one category alone does not surely raise harm: interactions have nothing to act on.")
    }
    return results
  }

  // MARK: Values

  private func values() throws -> [String: Value] {
    let (dose, axis) = (measured.dose, measured.axis)
    let pooled = contrasts.pooled(dose: dose, axis: axis)
    let alone = contrasts.effect(ofSize: 1, dose: dose, axis: axis)
    let rules = measured.rules[axis]
    let p = measured.p.joined().joined()
    return [
      "interaction": .estimate(try mean(pooled)),
      "relative": .estimate(try measured.resamples.ratio(of: pooled, to: alone)),
      "alone": .estimate(try mean(alone)),
      "together": .estimate(try mean(contrasts.effect(ofSize: 2, dose: dose, axis: axis))),
      "all": .estimate(try mean(contrasts.effect(ofSize: names.count, dose: dose, axis: axis))),
      "doubled": .estimate(try mean(measured.doubled[axis])),
      "distinct": .estimate(try measured.resamples.pairedDifference(pooled, measured.doubled[axis])),
      "by_layer": .list(
        try layers.indices.map { .estimate(try mean(contrasts.pooled(dose: dose, axis: $0))) }),
      "by_dose": .list(
        try settings.doses.indices.map { .estimate(try mean(contrasts.pooled(dose: $0, axis: axis))) }),
      "relative_by_layer": .list(
        try layers.indices.map { layer in
          .estimate(
            try measured.resamples.ratio(
              of: contrasts.pooled(dose: dose, axis: layer),
              to: contrasts.effect(ofSize: 1, dose: dose, axis: layer)))
        }),
      "pairs": .group(
        try Dictionary(
          uniqueKeysWithValues: contrasts.pairs.enumerated().map { index, pair in
            (
              pairName(pair),
              .group([
                "interaction": .estimate(try mean(contrasts.interaction(pair, dose: dose, axis: axis))),
                "p": .number(measured.p[dose][index][axis]),
              ])
            )
          })),
      "grid": .group([
        "cells": .integer(p.count), "significant": .integer(p.count { $0 < 0.05 }),
        "negative": .integer(try significant { $0 < 0 }), "positive": .integer(try significant { $0 > 0 }),
      ]),
      "rules": .group(ruleValues(rules)),
      "natural": .group(measured.natural[axis].values),
      "control": .group([
        "no_op": .number(0), "flip": .estimate(try mean(measured.flipped[axis])),
        "random": .estimate(try mean(measured.random[axis])),
        "random_interaction": .estimate(try mean(measured.randomInteraction[axis])),
        "wrong_position": .estimate(try mean(measured.misplaced[axis])),
      ]),
      "layers": .list(layers.map(Value.integer)), "n": .integer(contrasts.effects[0][1][0].count),
      "reuse": .group(["checked": .integer(measured.checked)]),
    ]
  }

  private func ruleValues(_ comparison: RuleComparison) -> [String: Value] {
    var values: [String: Value] = [
      "best": .text(comparison.best.rule.rawValue), "simplest": .text(comparison.simplest.rule.rawValue),
      "margin": .estimate(comparison.margin), "free": .estimate(comparison.free),
    ]
    for fitted in comparison.fitted { values[fitted.rule.rawValue] = .group(["gain": .estimate(fitted.gain)]) }
    return values
  }

  private func significant(_ isMeant: (Double) -> Bool) throws -> Int {
    var count = 0
    for dose in settings.doses.indices {
      for (index, pair) in contrasts.pairs.enumerated() {
        for axis in layers.indices where measured.p[dose][index][axis] < 0.05 {
          if isMeant(Mean.of(contrasts.interaction(pair, dose: dose, axis: axis))) { count += 1 }
        }
      }
    }
    return count
  }

  private func pairName(_ pair: (Int, Int)) -> String { "\(names[pair.0])-\(names[pair.1])" }

  // MARK: Figures

  private var unit: String { "harm of an ordinary harmful prompt" }
  private var last: String { "layer \(layers[measured.axis]) (\(settings.site.written))" }

  private func interactions() throws -> Figure {
    let x = layers.map(Double.init)
    var series = try settings.doses.enumerated().map { index, dose in
      LineChart.Series(
        "dose \(dose)", x: x, y: try layers.indices.map { try mean(contrasts.pooled(dose: index, axis: $0)) })
    }
    series.append(
      LineChart.Series(
        "random directions, dose \(settings.dose)", role: .null, x: x,
        y: try measured.randomInteraction.map { try mean($0) }))
    return Figure(
      caption: "Interaction of two categories injected at layer \(settings.inject), mean over all pairs, by the layer "
        + "where harm is read: below 0 they act as an OR, above as an AND.",
      content: .lines(
        LineChart(
          xAxis: .init("layer (\(settings.site.written))"), yAxis: .init("f(ij) − f(i) − f(j) + f(0)", unit: unit),
          series: series, references: [.init(0, "sum")])))
  }

  private func counts() throws -> Figure {
    let x = (0...names.count).map(Double.init)
    let axis = measured.axis
    let series = try settings.doses.enumerated().map { index, dose in
      LineChart.Series(
        "dose \(dose)", x: x,
        y: try (0...names.count).map { size in
          size == 0
            ? Estimate(value: 0, low: 0, high: 0)
            : try mean(contrasts.effect(ofSize: size, dose: index, axis: axis))
        })
    }
    let alone = Mean.of(contrasts.effect(ofSize: 1, dose: measured.dose, axis: axis))
    return Figure(
      name: "counts",
      caption: "Harm at \(last) by how many categories are injected; a sum at dose \(settings.dose) would be the "
        + "straight line.",
      content: .lines(
        LineChart(
          xAxis: .init("categories injected"), yAxis: .init("harm added", unit: unit),
          series: series + [
            .init("sum, dose \(settings.dose)", role: .baseline, x: x, y: x.map { Estimate(value: $0 * alone) })
          ])))
  }

  private func rules() throws -> Figure {
    let comparison = measured.rules[measured.axis]
    let bars =
      comparison.fitted.map { BarChart.Bar($0.rule.title, $0.gain) }
      + [.init("a mean for each combination", role: .baseline, comparison.free)]
    return Figure(
      name: "rules",
      caption: "Log-likelihood of prompts that the rules were not fitted on, more than the sum's, at \(last).",
      content: .bars(
        BarChart(
          axis: .init("log-likelihood over that of the sum", unit: "nats per prompt"), groups: [.init("", bars)])))
  }

  private func natural() throws -> Figure {
    let arm = measured.natural[measured.axis]
    var bars = [BarChart.Bar("none", role: .null, arm.none), .init("one", arm.one)]
    if let two = arm.two { bars.append(.init("two", two)) }
    return Figure(
      name: "natural", caption: "Harm at \(last) of requests as they come, by how many categories they belong to.",
      content: .bars(
        BarChart(
          axis: .init("harm", unit: unit), groups: [.init("", bars)],
          references: [.init(2 * arm.one.value - arm.none.value, "two, if a sum")])))
  }

  // MARK: Tables

  private func pairTable() throws -> Table {
    let axis = measured.axis
    return Table(
      name: "pairs",
      caption: "Every pair at every dose, at \(last); p-values allow for all pairs, doses and layers.",
      columns: [
        .init("pair"), .init("dose", format: "%.2f"), .init("first alone", format: "%.3f"),
        .init("second alone", format: "%.3f"), .init("both", format: "%.3f"), .init("interaction", format: "%.3f"),
        .init("p", format: "%.3f"),
      ],
      rows: try contrasts.pairs.enumerated().flatMap { index, pair in
        try settings.doses.indices.map { dose in
          func effect(_ subset: Int) throws -> Value { .estimate(try mean(contrasts.effects[dose][subset][axis])) }
          return [
            .text("\(names[pair.0]), \(names[pair.1])"), .number(settings.doses[dose]), try effect(1 << pair.0),
            try effect(1 << pair.1), try effect(1 << pair.0 | 1 << pair.1),
            .estimate(try mean(contrasts.interaction(pair, dose: dose, axis: axis))),
            .number(measured.p[dose][index][axis]),
          ]
        }
      })
  }

  private func ruleTable() -> Table {
    Table(
      name: "rules",
      caption: "The rules at every layer, at dose \(settings.dose): nats per held-out prompt more than the sum's.",
      columns: [.init("layer", format: "%.0f")]
        + CombinationRule.allCases.dropFirst().map { .init($0.title, format: "%.2f") }
        + [.init("free means", format: "%.2f"), .init("best"), .init("margin", format: "%.2f"), .init("simplest")],
      rows: zip(layers, measured.rules).map { layer, comparison in
        [.integer(layer)] + comparison.fitted.dropFirst().map { .estimate($0.gain) } + [
          .estimate(comparison.free), .text(comparison.best.rule.title), .estimate(comparison.margin),
          .text(comparison.simplest.rule.title),
        ]
      })
  }
}
