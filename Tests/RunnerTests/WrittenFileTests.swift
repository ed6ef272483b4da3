import Bundle
import Experiment
import Foundation
import Runner
import Synchronization
import Tensor
import Testing

@Suite("Files that cells write")
struct WrittenFileTests {
  @Test("A data set's results are reused while its file is as it was written, and it is written again if it is not.")
  func dataset() throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "written-\(UUID().uuidString)", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let kept = Mutex<[Digest: Results]>([:])
    let store = ResultStore(
      load: { key in kept.withLock { $0[key] } }, save: { results, key in kept.withLock { $0[key] = results } })
    let experiment = try Experiment(
      name: "data", source: "---\nseed: 1\n---\n\n```{dataset}\nlabel: data\nname: neutral\n```\n", file: "data.md",
      overrides: [:], registry: Registry(bundledCells))
    let runner = Runner(shelf: Shelf(root: folder), store: store)
    let file = folder.appending(path: "experiments/data/neutral.jsonl")

    let first = try runner.run(experiment)
    let whole = try Data(contentsOf: file)
    #expect(first.ran == 1)
    #expect(try runner.plan(experiment).steps.map(\.fate) == [.reuse])
    #expect(try runner.run(experiment).reused == 1)

    for spoilt in [nil, whole + Data("{}\n".utf8)] {
      try FileManager.default.removeItem(at: file)
      try spoilt?.write(to: file)
      #expect(try runner.plan(experiment).steps.map(\.fate) == [.run])
      let again = try runner.run(experiment)
      #expect(again.ran == 1 && again.record == first.record)
      #expect(try Data(contentsOf: file) == whole)
      #expect(try runner.run(experiment).reused == 1)
    }
  }
}
