import Experiment
import Manuscript
import Statistics
import Tensor
import Transformer

/// `{steer}`: activation addition (Turner et al. 2023, arXiv 2308.10248) as a dose-response curve: how much refusal each
/// dose of a direction causes, by the layer where it is first added, beside random directions of equal length.
///
/// Negative doses are its sign flip; dose 0 must leave every bit as it was.
package enum SteerCell: CellKind {
  package static let name = "steer"
  package static let version = 1
  package static let summary =
    "Adds a direction in growing doses, by onset layer, with random directions, side effects and responses side by side."

  package static func problems(_ settings: SteerSettings, in scope: CellScope) -> [Problem] {
    var problems = scope.problems(of: settings.rows, setting: "rows")
    problems += settings.sideEffects.map { scope.problems(of: $0, setting: "side_effects") } ?? []
    problems += scope.problems(of: settings.layers, setting: "layers")
    problems += scope.problems(ofAnswers: settings.refusalTokens, setting: "refusal_tokens")
    if let configuration = scope.subject?.model.configuration, !(0..<configuration.layers).contains(settings.at) {
      problems.append(
        Problem(
          "layer \(settings.at) does not exist in the model", at: scope.location(of: "at"),
          expected: "expected: 0 to \(configuration.layers - 1)"))
    }
    if !settings.doses.contains(0) || Set(settings.doses).count < 3 || !settings.doses.allSatisfy(\.isFinite) {
      problems.append(
        Problem(
          "“doses” makes no curve", at: scope.location(of: "doses"),
          expected: "expected: at least three finite numbers, 0 among them"))
    }
    if settings.controls < 1 {
      problems.append(
        Problem(
          "a direction without random ones beside it says little", at: scope.location(of: "controls"),
          expected: "expected: at least 1"))
    }
    if settings.extent == .response {
      problems.append(
        Problem(
          "refusal scores are read before the response begins", at: scope.location(of: "extent"),
          expected: "expected: all, prompt or last"))
    }
    return problems
  }

  package static func work(_ settings: SteerSettings, in scope: CellScope) -> Work {
    guard let subject = scope.subject else { return Work() }
    let configuration = subject.model.configuration
    var work = scope.work(settings.rows, generating: settings.maxNewTokens)
    let prompts = work.tokens - work.sequences * settings.maxNewTokens
    let layers = settings.layers.resolved(count: configuration.layers)
    let blocks = layers.reduce(0) { $0 + configuration.layers - $1 }
    let doses = settings.doses.count
    work.sweeps = true
    work.tokens =
      prompts * (1 + doses * blocks / configuration.layers + doses * settings.controls)
      + doses * (prompts + work.sequences * settings.maxNewTokens / 2)
    if let effects = settings.sideEffects.map({ scope.work($0) }) {
      work.tokens += 4 * doses * effects.tokens
      work.bytes = max(work.bytes, 2 * effects.bytes)
    }
    return work
  }

  package static func run(_ settings: SteerSettings, in context: CellContext) throws -> Results {
    try Steering(settings, in: context).results()
  }
}
