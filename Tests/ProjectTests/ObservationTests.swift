import Bundle
import Experiment
import Foundation
import Ledger
import Project
import Synchronization
import Testing

/// Measures how often it ran, which differs between equal runs.
private enum Measuring: CellKind {
  struct Settings: CellSettings {
    static let keys: [SettingKey<Self>] = []
  }

  static let runs = Mutex(0)
  static let name = "measuring"
  static let version = 1
  static let summary = "Measures something."
  static let usesModel = false
  static let measures = true

  static func run(_ settings: Settings, in context: CellContext) throws -> Results {
    let count = runs.withLock { runs in
      runs += 1
      return runs
    }
    context.observed(Observation("how often | it ran", unit: "times", values: [Double(count), 0, 100], predicted: 7))
    var results = Results()
    results.values["answer"] = .number(42)
    return results
  }
}

@Suite("What is measured beside a record")
struct ObservationTests {
  @Test("A line of a message is read back; what is none is not.")
  func line() throws {
    let observation = Observation("think up to 64: in all", unit: "times direct", values: [3, 1, 2, 4], predicted: 1.5)
    #expect(observation.median == 2.5 && observation.least == 1 && observation.greatest == 4 && observation.times == 4)
    #expect(Observation(line: observation.line) == observation)
    let bare = Observation("x", unit: "ms", values: [0.123])
    #expect(Observation(line: bare.line) == bare)
    for line in ["", "x | 1 | 2", "x | a | 1 | 1 | 1 | ms", "x | 1 | 1 | 1 | 1 | ms | 2 | 3"] {
      #expect(Observation(line: line) == nil)
    }
  }

  @Test("It stands in the commit's message and nowhere in the record: an equal run is an equal tree, and no commit.")
  func recorded() throws {
    setenv("HOME", NSTemporaryDirectory(), 1)
    let folder = FileManager.default.temporaryDirectory.appending(path: "observed-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let experiments = folder.appending(path: "experiments")
    try FileManager.default.createDirectory(at: experiments, withIntermediateDirectories: true)
    _ = try Project.initialise(at: folder)
    for file in try FileManager.default.contentsOfDirectory(at: experiments, includingPropertiesForKeys: nil) {
      try FileManager.default.removeItem(at: file)
    }
    func write(_ prose: String) throws {
      try Data("# Prose\n\n\(prose)\n\n```{measuring}\nlabel: m\n```\n".utf8).write(
        to: experiments.appending(path: "x.md"))
    }
    try write("One.")
    let project = Project(root: folder, registry: Registry([Measuring.self]))
    #expect(try project.run().first?.recorded?.isNew == true)
    func measured() throws -> [String] {
      try #require(try project.ledger().history().first).trailers.filter { $0.key == "Measured" }.map(\.value)
    }
    let first = try measured()
    #expect(first == ["m: how often / it ran | 1 | 0 | 100 | 3 | times | 7"])
    let files = try #require(try project.ledger().files(experiment: "x"))
    #expect(files.values.allSatisfy { !String(decoding: $0, as: UTF8.self).contains("it ran") })

    // Run again, it measures something else, and the record is the same.
    let again = try project.run(rerun: true)
    #expect(again.first?.outcome?.ran == 1 && again.first?.recorded?.isNew == false)
    #expect(try measured() == first)

    // Other prose is another record; what was measured of a cell that was reused is kept with it.
    try write("Two.")
    let reused = try project.run()
    #expect(reused.first?.outcome?.reused == 1 && reused.first?.recorded?.isNew == true)
    #expect(try measured() == first)
    let report = try project.render().deletingLastPathComponent()
    let pages = try FileManager.default.subpathsOfDirectory(atPath: report.path).filter { $0.hasSuffix(".html") }
    let page = try pages.map { try String(contentsOf: report.appending(path: $0), encoding: .utf8) }.joined()
    #expect(page.contains("how often / it ran") && page.contains("no part of the record"))
  }
}
