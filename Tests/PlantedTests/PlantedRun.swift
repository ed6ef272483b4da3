import Bundle
import Experiment
import Foundation
import Manuscript
import Runner
import Statistics
import Synchronization
import Tensor
import Testing
import Tokenizer

/// What some cells find on a planted model.
struct PlantedRun {
  let record: Record

  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  private static let embedded = root.appending(path: "experiments/models/aligned-small")

  /// A folder with a model for each rule, and their data.
  private static let shelf = Result { () throws -> Shelf in
    let folder = FileManager.default.temporaryDirectory.appending(path: "planted-\(UUID().uuidString)")
    let tokenizer = try Tokenizer.load(from: embedded)
    for rule in PlantedModel.Rule.allCases {
      try PlantedModel(rule, tokenizer: tokenizer).write(
        to: folder.appending(path: "experiments/models/\(rule.rawValue)"), tokenizerOf: embedded)
    }
    let data = folder.appending(path: "experiments/data")
    try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
    try Data(PlantedModel.rows.utf8).write(to: data.appending(path: "planted.jsonl"))
    try Data(PlantedModel.pairs.utf8).write(to: data.appending(path: "pairs.jsonl"))
    try Data(PlantedModel.chances(40).utf8).write(to: data.appending(path: "chances.jsonl"))
    return Shelf(root: folder)
  }

  private static let kept = Mutex<[Digest: Results]>([:])
  private static let store = ResultStore(
    load: { key in kept.withLock { $0[key] } }, save: { results, key in kept.withLock { $0[key] = results } })

  /// - Parameter failing: the labels of the cells that have nothing to look at there.
  init(_ rule: PlantedModel.Rule, data: String, cells: String, failing: [String] = []) throws {
    let experiment = try Self.experiment(rule, data: data, cells: cells)
    let outcome = try Runner(shelf: try Self.shelf.get(), store: Self.store).run(experiment)
    #expect(outcome.failures.map(\.label) == failing, "\(outcome.failures)")
    record = outcome.record
  }

  private static func experiment(_ rule: PlantedModel.Rule, data: String, cells: String) throws -> Experiment {
    try Experiment(
      name: "x", source: "---\nmodel: \(rule.rawValue)\ndata: \(data)\n---\n\n" + cells, file: "x.md",
      overrides: [:], registry: Registry(bundledCells))
  }

  /// What is wrong with cells, in words.
  static func problems(data: String, cells: String) throws -> String {
    do {
      try Runner(shelf: try shelf.get(), store: .none).check(try experiment(.sum, data: data, cells: cells))
      return ""
    } catch let problems as Problems {
      return "\(problems)"
    }
  }

  func estimate(_ path: String) throws -> Estimate {
    guard case .estimate(let estimate)? = record.value(Self.path(path)) else { throw Missing(path: path) }
    return estimate
  }

  /// The numbers of a list.
  func numbers(_ path: String) throws -> [Double] {
    guard case .list(let items)? = record.value(Self.path(path)) else { throw Missing(path: path) }
    return try items.map { try #require($0.estimate?.value) }
  }

  func text(_ path: String) throws -> String {
    guard let value = record.value(Self.path(path)) else { throw Missing(path: path) }
    return value.plain
  }

  /// Names with dots between them; a number is a place of a list.
  private static func path(_ text: String) -> Path {
    let parts = text.split(separator: ".").map(String.init)
    return Path(parts[0], parts.dropFirst().map { part in Int(part).map(Path.Step.index) ?? .name(part) })
  }

  private struct Missing: Error { let path: String }
}

/// Whether numbers are close to others, place by place.
func isNear(_ numbers: [Double], _ others: [Double], _ tolerance: Double) -> Bool {
  numbers.count == others.count && zip(numbers, others).allSatisfy { abs($0 - $1) <= tolerance }
}
