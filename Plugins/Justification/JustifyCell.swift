import Experiment
import Labelling
import Manuscript

/// `{justify}`: what the model says under an intervention, labelled: does it refuse, for which reason, is the reason true
/// of the request, does it contradict itself?
///
/// Beside the arms that the settings name stand the same prompts with nothing changed, random directions of equal length,
/// the change at a wrong position, the change with the other sign, and a change by nothing, which must leave every token
/// as it was.
package enum JustifyCell: CellKind {
  package static let name = "justify"
  package static let version = 2
  package static let summary =
    "Labels what the model says under an intervention or behind a forced beginning: refusal, reason, truth, contradiction."

  package static func problems(_ settings: JustifySettings, in scope: CellScope) -> [Problem] {
    var problems = [scope.missing(column: settings.target, setting: "target")].compactMap { $0 }
    problems += scope.problems(of: settings.rows, setting: "rows")
    problems += scope.problems(of: settings.layers, setting: "layers")
    func found(_ message: String, _ key: String, expected: String? = nil, help: String? = nil) {
      problems.append(Problem(message, at: scope.location(of: key), expected: expected, help: help))
    }
    let operation = "“operation: \(settings.operation.rawValue)”"
    if settings.needsDirection {
      if settings.direction == nil {
        found("\(operation) needs the key “direction”", "operation", help: "add “direction: LABEL.best”")
      }
      problems += splits(settings, in: scope)
    }
    if settings.operation == .patch {
      problems += [scope.missing(column: settings.pair, setting: "pair")].compactMap { $0 }
    }
    if settings.operation == .swap {
      problems += [scope.missing(column: settings.category, setting: "category")].compactMap { $0 }
    }
    if settings.operation == .none, settings.prefixes.isEmpty {
      found("nothing is done", "operation", help: "name an operation, or prefixes")
    }
    if !settings.onsets.isEmpty, ![.ablate, .add].contains(settings.operation) {
      found("\(operation) has no onset in the response", "onsets", expected: "expected: operation: ablate or add")
    }
    if settings.doses != [1], ![.add, .swap].contains(settings.operation) {
      found("\(operation) has no dose", "doses", expected: "expected: operation: add or swap")
    }
    if settings.extent != .last, [.patch, .swap].contains(settings.operation) {
      found("\(operation) is done at the last token of the prompt", "extent", expected: "expected: extent: last")
    }
    if settings.doses.isEmpty || settings.doses.contains(0) {
      found("a dose of nothing changes nothing", "doses", help: "that is tried in any case, as a control")
    }
    if let onset = settings.onsets.first(where: { !(0..<settings.maxNewTokens).contains($0) }) {
      found(
        "the response has no token \(onset)", "onsets", expected: "expected: 0 to \(settings.maxNewTokens - 1)")
    }
    if settings.prefixes.contains(where: { $0.allSatisfy(\.isWhitespace) }) {
      found("a prefix is empty", "prefixes", help: "responses without one are there in any case, as a control")
    }
    if let sample = settings.sample, sample < 2 { found("\(sample) prompts tell nothing", "sample") }
    return problems
  }

  /// The rows that something was found on must not be those that it is tried on.
  private static func splits(_ settings: JustifySettings, in scope: CellScope) -> [Problem] {
    guard let selection = settings.selection else {
      return [
        Problem(
          "“operation: \(settings.operation.rawValue)” needs the key “selection”", at: scope.location(of: "operation"),
          help: "say which rows the direction was found on, as in “selection: { part: [train, validation] }”")
      ]
    }
    let problems = scope.problems(of: selection, setting: "selection")
    guard let data = scope.data, problems.isEmpty else { return problems }
    let both = data.rows.indices.filter { selection.accepts(data.rows[$0]) && settings.rows.accepts(data.rows[$0]) }
    guard let first = both.first else { return [] }
    return [
      Problem(
        "\(both.count) rows are accepted by both “rows” and “selection”, the first of them row \(data.numbers[first])",
        at: scope.location(of: "rows"),
        help: "a direction must not be tried on what it was found on; make the conditions exclude each other")
    ]
  }

  package static func work(_ settings: JustifySettings, in scope: CellScope) -> Work {
    var work = scope.work(settings.rows, generating: settings.maxNewTokens)
    let share = min(1, Double(settings.sample ?? work.sequences) / Double(max(1, work.sequences)))
    work.sequences = Int(Double(work.sequences) * share)
    let arms = settings.doses.count * max(1, settings.onsets.count) * max(1, settings.prefixes.count)
    // Responses end before they must, about half-way.
    work.tokens =
      (Int(Double(work.tokens) * share) - work.sequences * settings.maxNewTokens / 2) * (arms + 4 + settings.controls)
    return work
  }

  package static func run(_ settings: JustifySettings, in context: CellContext) throws -> Results {
    let rules = try LabelRules.declared(by: settings.labeller, in: context)
    let asked = try AskedPrompts(settings, rules: rules, in: context)
    let arms = try JustifyArms(settings, asked: asked, in: context)
    let all = try arms.all()
    var outcomes: [JustifyArm.Outcome] = []
    for (index, arm) in all.enumerated() {
      try context.progress(index, of: all.count)
      outcomes.append(try arm.run(asked, settings, rules: rules, subject: context.subject))
    }
    if let noOp = outcomes.last(where: { $0.arm.kind == .noOp }), noOp.tokens != outcomes[0].tokens {
      throw ChangedByNothing()
    }
    return try JustifyReport(settings: settings, asked: asked, rules: rules, outcomes: outcomes).results(in: context)
  }
}

/// A change by nothing changed a response: the engine's promise is broken, and no effect can be believed.
struct ChangedByNothing: Error, CustomStringConvertible {
  var description: String {
    "an intervention that adds nothing changed a response; it must leave every token as it was: please report this"
  }
}
