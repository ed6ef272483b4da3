import Experiment
import Foundation
import Manuscript
import Statistics
import Tensor
import Transformer

/// `{direction}`: the single-direction recipe (Arditi et al. 2024, 2406.11717), to the letter.
///
/// Candidates are differences of means of block inputs, harmful less harmless, at every position and layer. Each is
/// ablated on harmful validation prompts and added on harmless ones; the one whose ablation leaves the least refusal
/// is chosen, among those that spare harmless prompts, induce refusal, and do not lie in the last layers.
package enum DirectionCell: CellKind {
  package static let name = "direction"
  package static let version = 1
  package static let summary =
    "Finds the direction that refusal hangs on: differences of means, selected by ablating and adding each."

  package static func problems(_ settings: DirectionSettings, in scope: CellScope) -> [Problem] {
    var problems = [scope.missing(column: settings.target, setting: "target")].compactMap { $0 }
    problems += scope.problems(of: settings.train, setting: "train")
    problems += scope.problems(of: settings.validation, setting: "validation")
    problems += scope.problems(of: settings.positions, setting: "positions")
    problems += scope.problems(ofParts: [("train", settings.train), ("validation", settings.validation)])
    problems += scope.problems(ofAnswers: settings.refusalTokens, setting: "refusal_tokens")
    return problems
  }

  package static func work(_ settings: DirectionSettings, in scope: CellScope) -> Work {
    guard let subject = scope.subject else { return Work() }
    let (layers, c) = (subject.model.configuration.layers, subject.model.configuration)
    let positions = scope.count(of: settings.positions)
    let longest = scope.work(settings.train).longest
    let (train, validation) = (2 * settings.trainPerClass, 2 * settings.validationPerClass)
    return Work(
      tokens: (train + layers * positions * validation * 3 / 2) * longest,
      bytes: subject.model.activationBytes(places: train * layers * positions)
        + (train + 2 * validation) * c.vocabularySize * MemoryLayout<Float>.stride,
      sequences: train, longest: longest)
  }

  package static func run(_ settings: DirectionSettings, in context: CellContext) throws -> Results {
    let subject = try context.subject
    let metric = try RefusalMetric(tokens: settings.refusalTokens, phrases: [], subject: subject)
    let sets = try PromptSets(settings, metric: metric, in: context)
    let candidates = try Candidate.all(settings, sets: sets, in: context)
    let judged = try Candidate.judged(candidates, settings, sets: sets, metric: metric, in: context)
    let kept = judged.filter { $0.discarded == nil }
    // Never one without a difference, nor one so deep that it reads the answer off.
    let others =
      settings.fallback ? judged.filter { [.changesHarmless, .inducesNothing].contains($0.discarded) } : []
    guard let best = (kept.isEmpty ? others : kept).min(by: { $0.ablated < $1.ablated }) else {
      throw NoDirection(reasons: judged.compactMap(\.discarded))
    }
    return try report(best, judged, sets: sets, settings: settings, in: context)
  }

  private static func report(
    _ best: Candidate.Judged, _ judged: [Candidate.Judged], sets: PromptSets, settings: DirectionSettings,
    in context: CellContext
  ) throws -> Results {
    var results = Results()
    results.directions["best"] = best.candidate.direction
    results.values = [
      "best": .group([
        "layer": .integer(best.candidate.layer), "position": .text("\(best.candidate.position)"),
        "norm": .number(best.candidate.direction.norm), "ablated_score": .number(best.ablated),
        "induced_score": .number(best.induced), "divergence": .number(best.divergence),
      ]),
      "base": .group([
        "harmful_score": .number(sets.harmfulScore), "harmless_score": .number(sets.harmlessScore),
      ]),
      "candidates": .integer(judged.count), "kept": .integer(judged.count { $0.discarded == nil }),
      "n": .integer(sets.harmfulTrain.count + sets.harmlessTrain.count),
    ]
    results.headline = ["best.layer", "best.ablated_score", "best.induced_score"]
    let positions = Set(judged.map(\.candidate.position)).sorted { "\($0)" < "\($1)" }
    let layers = Set(judged.map(\.candidate.layer)).sorted()
    let cells = positions.map { position in
      layers.map { layer in
        judged.first { $0.candidate.layer == layer && $0.candidate.position == position }
          .map { Estimate(value: $0.ablated, n: sets.harmfulValidation.count) }
      }
    }
    results.figures = [
      Figure(
        caption: "Refusal score of harmful prompts after ablating each candidate; lower is less refusal.",
        content: .heatmap(
          Heatmap(
            rowAxis: .init("position"), rows: positions.map { "\($0)" }, columnAxis: .init("layer (resid_pre)"),
            columns: layers.map { "\($0)" }, quantity: .init("refusal score", unit: "log-odds"), cells: cells,
            scale: .diverging,
            marks: [
              Heatmap.Mark(
                row: positions.firstIndex(of: best.candidate.position) ?? 0,
                column: layers.firstIndex(of: best.candidate.layer) ?? 0, label: "chosen")
            ])))
    ]
    results.tables = [
      Table(
        name: "candidates", caption: "Every candidate with what it did on validation prompts.",
        columns: [
          .init("layer"), .init("position"), .init("norm", format: "%.2f"), .init("ablated score", format: "%.2f"),
          .init("induced score", format: "%.2f"), .init("KL on harmless", format: "%.4f"), .init("discarded because"),
        ],
        rows: judged.map { judged in
          [
            .integer(judged.candidate.layer), .text("\(judged.candidate.position)"),
            .number(judged.candidate.direction.norm), .number(judged.ablated), .number(judged.induced),
            .number(judged.divergence), .text(judged.discarded?.rawValue ?? ""),
          ]
        })
    ]
    return results
  }
}

/// Every candidate was discarded.
struct NoDirection: Error, CustomStringConvertible {
  let reasons: [Candidate.Judged.Reason]

  var description: String {
    let counts = Dictionary(grouping: reasons) { $0 }.mapValues(\.count)
      .sorted { $0.key.rawValue < $1.key.rawValue }
    return "no candidate passed the selection rule: "
      + counts.map { "\($0.value) × \($0.key.rawValue)" }.joined(separator: ", ")
      + "; this model may have no single refusal direction, which is itself a finding; to look further, loosen “deepest” "
      + "or “divergence”, or say “fallback: true”"
  }
}
