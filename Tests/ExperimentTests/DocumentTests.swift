import Bundle
import Experiment
import Foundation
import Manuscript
import Project
import Runner
import Site
import Tensor
import Testing
import Train

/// The documents of this repository, run as a user runs them.
@Suite("The documents", .serialized)
struct DocumentTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  private let registry = Registry(bundledCells)

  @Test("Every document is without mistakes.")
  func check() throws {
    let names = try Project(root: Self.root, registry: registry).check()
    #expect(names.contains("claim-a-harmfulness-feature"))
    #expect(names.contains("single-direction"))
    #expect(names.contains("aligned-small"))
  }

  @Test(
    "The committed data are what the world writes from the document's seed.",
    arguments: DatasetCell.DatasetName.committed)
  func data(name: DatasetCell.DatasetName) throws {
    let file = Self.root.appending(path: "experiments/data/\(name.rawValue).jsonl")
    let seed = RandomStream(seed: 17, purpose: "dataset/world").bits(at: 0)
    #expect(try Data(contentsOf: file) == DatasetCell.rows(name, seed: seed))
  }

  @Test("Every document runs to its end, every claim gets its verdict, and a second run finds nothing to do.")
  func run() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "documents-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.copyItem(
      at: Self.root.appending(path: "experiments"), to: folder.appending(path: "experiments"))
    _ = try Project.initialise(at: folder)

    let project = Project(root: folder, registry: registry)
    let first = try project.run()
    for run in first {
      let outcome = try #require(run.outcome)
      #expect(outcome.failures.isEmpty, "\(run.experiment): \(outcome.failures)")
      #expect(outcome.problems.isEmpty, "\(run.experiment): \(outcome.problems)")
      #expect(run.recorded?.isNew == true)
      #expect(!outcome.record.claims.isEmpty)
    }
    // The weights are in the repository: training must not begin again.
    let training = try #require(first.first { $0.experiment == "aligned-small" })
    #expect((training.outcome?.reused ?? 0) >= 1)

    let second = try Project(root: folder, registry: registry).run()
    #expect(second.allSatisfy { $0.outcome?.ran == 0 && $0.recorded?.isNew == false })
    // As bytes: a number that is not one is not equal to itself.
    for (again, before) in zip(second, first) {
      #expect(
        try again.outcome?.record.files(drawing: SVG.drawing) == before.outcome?.record.files(drawing: SVG.drawing))
    }
    // The files are older than that run: now they can be told from changed ones, and nothing is looked at.
    let third = try Project(root: folder, registry: registry).run()
    #expect(third.allSatisfy { $0.outcome == nil && $0.recorded == nil })
    #expect(third.map(\.verdict) == first.map(\.verdict) && third.map(\.cells) == first.map(\.cells))
    #expect(FileManager.default.fileExists(atPath: try project.render().path))
    #expect(try project.log().count == first.count)
  }
}

extension DatasetCell.DatasetName {
  /// Those that documents use.
  static let committed: [Self] = [.requests, .pairs, .steps, .orders, .scary]
}
