import Experiment
import Manuscript
import Statistics

/// `{probe}`: where in the network a label can be read, and whether it is more than the words.
///
/// A linear probe is cross-validated at every layer and position; the best is chosen there and, where test rows are
/// named, measured on those alone. Beside it stand what it must beat: bags of words and of word pairs, the embeddings,
/// random directions, shuffled labels, and a control task of random labels (Hewitt and Liang 2019, 1909.03368).
package enum ProbeCell: CellKind {
  package static let name = "probe"
  package static let version = 2
  package static let summary =
    "Cross-validates linear probes over layers and positions, with the baselines and controls that give them meaning."

  package static func problems(_ settings: ProbeSettings, in scope: CellScope) -> [Problem] {
    var problems = scope.problems(ofLabels: settings.target, in: settings.rows, setting: "target")
    if let test = settings.test, problems.isEmpty {
      problems += scope.problems(ofLabels: settings.target, in: test, setting: "target")
    }
    problems += settings.group.compactMap { scope.missing(column: $0, setting: "group") }
    if scope.cell.body["control_task"] != nil {
      problems += [scope.missing(column: settings.controlTask, setting: "control_task")].compactMap { $0 }
    }
    problems += scope.problems(of: settings.rows, setting: "rows")
    problems += settings.test.map { scope.problems(of: $0, setting: "test") } ?? []
    problems += scope.problems(of: settings.layers, setting: "layers")
    problems += scope.problems(of: settings.positions, setting: "positions", answered: true)
    problems += [
      scope.problem(ofList: settings.method.map(\.rawValue), setting: "method"),
      scope.problem(ofList: settings.positions.map { "\($0)" }, setting: "positions"),
      scope.problem(ofList: settings.layers, setting: "layers"),
      settings.group.isEmpty ? nil : scope.problem(ofList: settings.group, setting: "group"),
    ].compactMap { $0 }
    if settings.group.count > 2 {
      problems.append(
        Problem(
          "“group” names \(settings.group.count) columns", at: scope.location(of: "group"),
          expected: "expected: one or two"))
    }
    if settings.folds < 2 {
      problems.append(
        Problem("“folds” is \(settings.folds)", at: scope.location(of: "folds"), expected: "expected: at least 2"))
    }
    if settings.permutations < 1 {
      problems.append(
        Problem(
          "“permutations” is \(settings.permutations)", at: scope.location(of: "permutations"),
          expected: "expected: at least 1"))
    }
    return problems + scope.problems(ofParts: [("rows", settings.rows)] + (settings.test.map { [("test", $0)] } ?? []))
  }

  package static func work(_ settings: ProbeSettings, in scope: CellScope) -> Work {
    guard let subject = scope.subject else { return Work() }
    let layers = settings.layers.resolved(count: subject.model.configuration.layers).count
    // Float32 while it is read, and float64 to be learnt from.
    let places = layers * scope.count(of: settings.positions)
    var work = scope.work(settings.rows, keeping: 3 * places)
    if let test = settings.test.map({ scope.work($0, keeping: 3 * places) }) {
      work.tokens += test.tokens
      work.bytes += test.bytes
      work.sequences += test.sequences
      work.longest = max(work.longest, test.longest)
    }
    return work
  }

  package static func run(_ settings: ProbeSettings, in context: CellContext) throws -> Results {
    let reading = try Reading(settings, in: context)
    let map = try ProbeMap(reading, settings, in: context)
    let baselines = try Baselines(reading, map, settings, in: context)
    return try ProbeReport(settings: settings, reading: reading, map: map, baselines: baselines).results(in: context)
  }
}
