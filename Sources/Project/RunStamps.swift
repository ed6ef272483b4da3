import Experiment
import Foundation
import Ledger
import Manuscript
import Runner
import Statistics
import Tensor

/// What is remembered of each document's last run: enough to see, without reading anything, that another run would
/// find the same.
///
/// A run is a function of its document, what is given in place of the document's values, the program, the linear
/// algebra, and the files that it reads. Where all these are as they were, and the record is still the newest, there is
/// nothing to do.
struct RunStamps {
  /// What is remembered of one run.
  struct Stamp: Codable {
    /// The footprint of the files that it read.
    let files: Digest
    /// Those of them that lie outside `experiments/`.
    let outside: [String]
    /// The name that git gives to the record.
    let tree: String
    /// How many cells it has.
    let cells: Int
    /// What became of its claims.
    let verdict: Verdict?
  }

  private let project: Project
  private let ledger: Ledger
  private let cache: Cache
  private let overrides: [String: String]
  private let program = Footprint.program.digest
  /// When this run began: a file that is no older may have changed while it was read.
  private let beginning = Date.now.timeIntervalSince1970

  init(project: Project, ledger: Ledger, overrides: [String: String]) {
    (self.project, self.ledger, self.overrides) = (project, ledger, overrides)
    cache = Cache(project: project.root)
  }

  /// What the last run of a document found, if another would find it again.
  func current(_ source: Project.Source) -> Stamp? {
    guard let key = key(of: source), let data = cache.result(for: key),
      let stamp = try? CanonicalJSON.decode(Stamp.self, from: data),
      files(outside: stamp.outside).digest == stamp.files,
      let tree = try? ledger.treeName(of: source.name), tree == stamp.tree
    else { return nil }
    return stamp
  }

  /// Remembers a run in which nothing went wrong.
  func keep(_ outcome: Runner.Outcome, of source: Project.Source) throws {
    guard outcome.failures.isEmpty, outcome.problems.isEmpty, let key = key(of: source),
      try Data(contentsOf: source.url) == Data(outcome.record.document.utf8),
      let tree = try ledger.treeName(of: source.name)
    else { return }
    let outside = project.shelf.outside.map(\.path).sorted()
    let files = files(outside: outside)
    // Times are as fine as the file system's clock, and other machines' clocks may differ a little.
    guard files.youngest < beginning - 1 else { return }
    let stamp = Stamp(
      files: files.digest, outside: outside, tree: tree, cells: outcome.record.cells.count,
      verdict: outcome.record.verdict)
    try cache.setResult(try CanonicalJSON.encode(stamp), for: key)
  }

  private func key(of source: Project.Source) -> Digest? {
    guard let text = try? Data(contentsOf: source.url) else { return nil }
    let given = overrides.sorted { $0.key < $1.key }.map { "\($0.key.count) \($0.key)=\($0.value.count) \($0.value)" }
    return Digest(
      of: "run \(program) \(BLAS.coreType) \(source.path.utf8.count) \(source.path) \(Digest(of: text)) \(given)")
  }

  private func files(outside: [String]) -> Footprint {
    let own = ["data", "models"].map { project.root.appending(path: "experiments/\($0)") }
    return Footprint(of: own + outside.map { URL(filePath: $0) })
  }
}
