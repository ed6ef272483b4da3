import Experiment
import Foundation
import Manuscript
import Tensor
import Transformer

/// What a patch's effect is measured on: a formula over quantities of the last token.
struct PatchMetric: Sendable {
  /// The quantities that a formula may name.
  static let quantities = ["refusal_score", "logit_difference", "probability", "kl", "projection"]

  private let formula: Formula
  private let refusal: RefusalMetric
  private let answers: [Int]
  private let unit: [Float]
  /// The hook of the direction, if a projection is asked for.
  let hook: HookPoint?

  /// The problems of a formula: names that are no quantities, and quantities without what they need.
  static func problems(_ settings: PatchSettings, in scope: CellScope) -> [Problem] {
    var problems: [Problem] = []
    for name in settings.metric.names {
      func need(_ setting: String, _ isThere: Bool, _ form: String) {
        guard !isThere else { return }
        problems.append(
          Problem("“\(name.value)” needs “\(setting)”", at: name.location, expected: "expected: \(setting): \(form)"))
      }
      switch name.value {
      case "refusal_score", "probability": need("refusal_tokens", !settings.refusalTokens.isEmpty, "first tokens")
      case "logit_difference": need("answers", settings.answers.count == 2, "[first, second]")
      case "projection": need("along", settings.along != nil, "LABEL.NAME of a direction")
      case "kl":
        if settings.method == .attribution {
          problems.append(
            Problem(
              "“kl” is flat where the run is unchanged: its gradient foretells nothing", at: name.location,
              expected: "expected another quantity, or method: exact"))
        }
      default:
        problems.append(.unknown(name.value, kind: "quantity", allowed: quantities, at: name.location))
      }
    }
    return problems + scope.problems(ofAnswers: settings.refusalTokens, setting: "refusal_tokens")
      + scope.problems(ofAnswers: settings.answers, setting: "answers")
  }

  init(_ settings: PatchSettings, in context: CellContext) throws {
    let subject = try context.subject
    formula = settings.metric
    refusal = try RefusalMetric(tokens: settings.refusalTokens, phrases: [], subject: subject)
    answers = settings.answers.map { subject.tokenizer.encode($0)[0] }
    let direction = try settings.along.map { try context.direction($0) }
    hook = try direction.map { try HookPoint($0.hook) }
    unit = direction?.unit ?? []
  }

  /// The tokens whose logits are read; all of them if `nil`.
  var tokens: [Int]? {
    formula.names.allSatisfy { $0.value == "logit_difference" || $0.value == "projection" } ? answers : nil
  }

  /// The value of one cell.
  ///
  /// - Parameter base: the unchanged run's logits, for `kl`; itself if `nil`.
  func value(_ cell: Sweep.Cell, base: [Float]?) throws -> Double {
    let logits = cell.logits.values
    return try formula.value { name in
      switch name {
      case "refusal_score": refusal.score(logits)
      case "probability": refusal.probability(logits)
      case "logit_difference":
        tokens == nil
          ? Double(logits[answers[0]]) - Double(logits[answers[1]]) : Double(logits[0]) - Double(logits[1])
      case "kl": RefusalMetric.divergence(base ?? logits, logits)
      case "projection": hook.flatMap { projection(cell, $0) }
      default: nil
      }
    }
  }

  /// Its slopes where a run stands, in what it reads: where gradients begin.
  ///
  /// - Parameters:
  ///   - logits: of all tokens, at the last one.
  ///   - activation: what ``hook`` has there, if it is read.
  func seed(_ logits: [Float], activation: [Float]?) throws -> GradientSeed {
    func value(_ name: String) -> Double? {
      switch name {
      case "refusal_score": refusal.score(logits)
      case "probability": refusal.probability(logits)
      case "logit_difference": Double(logits[answers[0]]) - Double(logits[answers[1]])
      case "projection": activation.map(along)
      default: nil
      }
    }
    var seed = GradientSeed(logits: Array(repeating: 0, count: logits.count))
    for name in Set(formula.names.map(\.value)).sorted() {
      let slope = Float(try formula.slope(in: name, value))
      func add(_ slopes: [Float]) { for (i, each) in slopes.enumerated() { seed.logits[i] += slope * each } }
      switch name {
      case "refusal_score": add(refusal.scoreSlopes(logits))
      case "probability": add(refusal.probabilitySlopes(logits))
      case "logit_difference":
        seed.logits[answers[0]] += slope
        seed.logits[answers[1]] -= slope
      default: if let hook { seed.activations[hook] = unit.map { slope * $0 } }
      }
    }
    return seed
  }

  private func projection(_ cell: Sweep.Cell, _ hook: HookPoint) -> Double? {
    (try? cell.activation(hook).values).map(along)
  }

  /// The last position's part along the direction.
  private func along(_ values: [Float]) -> Double {
    var sum = 0.0
    for (x, r) in zip(values.suffix(unit.count), unit) { sum += Double(x) * Double(r) }
    return sum
  }
}
