import Experiment
import Foundation
import Manuscript
import Runner
import Testing

@Suite("Shelf")
struct ShelfTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  @Test(
    "A path of a model or of data is one below the folder of experiments/, however that folder is named; or absolute.",
    arguments: [root.path, root.path + "/"])
  func paths(folder: String) throws {
    let shelf = Shelf(root: URL(filePath: folder))
    let whole = Self.root.appending(path: "experiments/models/aligned-small").path
    for name in ["aligned-small", "experiments/models/aligned-small", "./experiments/models/aligned-small", whole] {
      #expect(shelf.hasModel(name), "\(name) in \(folder)")
    }
    #expect(!shelf.hasModel("models/aligned-small"))
    let nowhere = SourceLocation(file: "x.md", line: 1, column: 1)
    for name in ["pairs", "experiments/data/pairs.jsonl"] {
      let yaml = YAMLValue(.string(name), at: nowhere, source: name)
      #expect(try shelf.dataset(yaml, seed: 1).rows.count == 560)
    }
  }
}
