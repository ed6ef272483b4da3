import Experiment
import Manuscript
import Statistics
import Transformer

/// `{combine}`: whether the decision sums or ORs categories of harm.
///
/// The direction of each category is added to harmless prompts, in every combination with the others, and the projection
/// on harm is read some layers later. A sum leaves no interaction, OR and max a negative one, AND a positive one.
package enum CombineCell: CellKind {
  package static let name = "combine"
  package static let version = 1
  package static let summary =
    "Injects directions of categories in every combination, and finds by which rule they act together."

  package static func problems(_ settings: CombineSettings, in scope: CellScope) -> [Problem] {
    var problems = [
      scope.missing(column: settings.target, setting: "target"),
      scope.missing(column: settings.column, setting: "column"),
    ].compactMap { $0 }
    let parts = [("train", settings.train), ("fit", settings.fit), ("test", settings.test)]
    for (name, rows) in parts {
      problems += scope.problems(of: rows, setting: name)
      problems += SplitProblems.tooFew(harmful: false, name, rows, target: settings.target, in: scope)
    }
    problems += scope.problems(ofParts: parts)
    problems += SplitProblems.scarce(
      settings.categories, target: settings.target, column: settings.column, rows: settings.train,
      least: settings.least, in: scope)
    problems += scope.problems(of: settings.read, setting: "read")
    problems += scope.problems(of: [settings.position], setting: "position", single: true)
    if let injected = settings.injectedAt {
      problems += scope.problems(of: [injected], setting: "injected_at", single: true)
    }
    func wrong(_ setting: String, _ isWrong: Bool, _ message: String, _ expected: String) {
      guard isWrong else { return }
      problems.append(Problem(message, at: scope.location(of: setting), expected: "expected: \(expected)"))
    }
    let names = settings.categories
    wrong("categories", !(2...6).contains(names.count), "“categories” names \(names.count)", "two to six")
    wrong("categories", Set(names).count < names.count, "“categories” names one twice", "each once")
    wrong("doses", settings.doses.contains { !($0 > 0 && $0.isFinite) }, "a dose is not above 0", "numbers above 0")
    wrong(
      "dose", !settings.doses.contains(settings.dose), "the dose \(settings.dose) is none of “doses”",
      "one of \(settings.doses.written)")
    wrong("controls", settings.controls < 1, "there is no control", "1 or more")
    wrong("prompts", settings.prompts < 8, "\(settings.prompts) prompts give no interval", "8 or more")
    guard let configuration = scope.subject?.model.configuration else { return problems }
    let hook = settings.site.hook
    wrong(
      "site",
      !hook.isPerLayer || !hook.exists(in: configuration) || hook.shape(in: configuration) != [configuration.width],
      "\(settings.site.written) is no place in the residual stream of this model", "resid_pre, resid_mid or resid_post")
    wrong(
      "inject", !(0..<configuration.layers - 1).contains(settings.inject),
      "nothing can be read behind layer \(settings.inject)",
      "0 to \(configuration.layers - 2)")
    wrong(
      "read", readLayers(settings, of: configuration).isEmpty, "“read” names no layer behind layer \(settings.inject)",
      "\(settings.inject + 1) to \(configuration.layers - 1)")
    return problems
  }

  /// The layers that are read: what was added must have passed through a block.
  static func readLayers(_ settings: CombineSettings, of configuration: ModelConfiguration) -> [Int] {
    settings.read.resolved(count: configuration.layers).filter { $0 > settings.inject }
  }

  package static func work(_ settings: CombineSettings, in scope: CellScope) -> Work {
    guard let subject = scope.subject else { return Work() }
    let configuration = subject.model.configuration
    let layers = readLayers(settings, of: configuration).count
    var work = scope.work(settings.train, keeping: layers + 1)
    let test = scope.work(settings.test, keeping: layers)
    let (k, prompts) = (settings.categories.count, min(settings.prompts, test.sequences))
    let arms = (settings.doses.count + 1) * (1 << k) + 3 * k + settings.controls * k * (k + 1) / 2
    // One token of a run is computed, from one layer on, and one run in fifty in full.
    let full = max(8, arms * prompts / 50) * test.longest
    work.tokens += test.tokens + full + arms * prompts * (configuration.layers - settings.inject) / configuration.layers
    work.bytes = max(work.bytes, test.bytes) + arms * prompts * layers * 2 * MemoryLayout<Double>.stride
    work.sequences = max(work.sequences, test.sequences)
    work.longest = max(work.longest, test.longest)
    work.sweeps = true
    return work
  }

  package static func run(_ settings: CombineSettings, in context: CellContext) throws -> Results {
    try CombineRun(settings, in: context).results()
  }
}
