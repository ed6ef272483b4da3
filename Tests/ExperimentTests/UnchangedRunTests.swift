import Experiment
import Foundation
import Manuscript
import Project
import Testing

/// `{count}`: how many rows the data have; fails where there are none of one class.
private enum CountCell: CellKind {
  struct Settings: CellSettings {
    var fails = false
    static let keys: [SettingKey<Settings>] = [.optional("fails", \.fails, "Whether it fails.")]
  }

  static let name = "count"
  static let version = 1
  static let summary = "Counts rows."
  static let usesModel = false

  struct Failure: Error {}

  static func run(_ settings: Settings, in context: CellContext) throws -> Results {
    if settings.fails { throw Failure() }
    var results = Results()
    results.values["rows"] = .number(Double(context.scope.data?.rows.count ?? 0))
    results.headline = ["rows"]
    return results
  }
}

@Suite("A run of what has not changed")
struct UnchangedRunTests {
  /// A project whose files are old enough to be told from changed ones.
  private func withProject(_ body: (Project) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "unchanged-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(
      at: folder.appending(path: "experiments/data"), withIntermediateDirectories: true)
    // libgit2 looks for the home once in a process: nobody's own configuration may take part.
    setenv("HOME", folder.path, 1)
    _ = try Project.initialise(at: folder)
    try FileManager.default.removeItem(at: folder.appending(path: "experiments"))
    try FileManager.default.createDirectory(
      at: folder.appending(path: "experiments/data"), withIntermediateDirectories: true)
    try Data("text\na\nb\n".utf8).write(to: folder.appending(path: "experiments/data/rows.csv"))
    try Data("text\na\n".utf8).write(to: folder.appending(path: "elsewhere.csv"))
    try write("", "first", data: "rows", in: folder)
    try write("", "second", data: "elsewhere.csv", in: folder)
    Thread.sleep(forTimeInterval: 1.2)
    try body(project(folder))
  }

  private func project(_ folder: URL) -> Project { Project(root: folder, registry: Registry([CountCell.self])) }

  private func write(_ settings: String, _ name: String, data: String, in folder: URL) throws {
    let text = """
      ---
      title: How many rows
      data: \(data)
      ---

      There are `{value} counted.rows`.

      ```{count}
      label: counted
      \(settings)
      ```

      """
    try Data(text.utf8).write(to: folder.appending(path: "experiments/\(name).md"))
  }

  /// The experiments that were looked at, each run in a process of its own as far as what it knows goes.
  private func looked(_ project: Project, overrides: [String: String] = [:]) throws -> [String] {
    try self.project(project.root).run(overrides: overrides).filter { $0.outcome != nil }.map(\.experiment)
  }

  @Test("Documents are passed over while nothing changes, and looked at again with each thing that does.")
  func changes() throws {
    try withProject { project in
      let root = project.root
      #expect(try looked(project) == ["first", "second"])
      #expect(try looked(project) == [])
      let runs = try self.project(root).run()
      #expect(runs.map(\.cells) == [1, 1] && runs.allSatisfy { $0.recorded == nil && $0.verdict == nil })

      // A document.
      try write("# a remark", "first", data: "rows", in: root)
      #expect(try looked(project) == ["first"])
      #expect(try looked(project) == [])

      // Other data than before under the same name, inside the project and outside.
      try Data("text\na\nb\nc\n".utf8).write(to: root.appending(path: "experiments/data/rows.csv"))
      #expect(try looked(project) == ["first", "second"])
      Thread.sleep(forTimeInterval: 1.2)
      #expect(try looked(project) == ["first", "second"])
      #expect(try looked(project) == [])
      try Data("text\nz\n".utf8).write(to: root.appending(path: "elsewhere.csv"))
      #expect(try looked(project).contains("second"))

      // A file that now comes first for the same name.
      Thread.sleep(forTimeInterval: 1.2)
      _ = try looked(project)
      #expect(try looked(project) == [])
      try Data("{\"text\": \"q\"}\n".utf8).write(to: root.appending(path: "experiments/data/rows.jsonl"))
      #expect(try looked(project).contains("first"))
    }
  }

  @Test("A model's folder that is a link, and a link inside of one, are looked into; one that leads back does no harm.")
  func links() throws {
    try withProject { project in
      let (root, files) = (project.root, FileManager.default)
      for folder in ["elsewhere/model", "elsewhere/weights", "experiments/models"] {
        try files.createDirectory(at: root.appending(path: folder), withIntermediateDirectories: true)
      }
      try Data("1".utf8).write(to: root.appending(path: "elsewhere/model/config.json"))
      try Data("1".utf8).write(to: root.appending(path: "elsewhere/weights/part"))
      for (link, target) in [
        ("experiments/models/linked", "../../elsewhere/model"), ("elsewhere/model/weights", "../weights"),
        ("elsewhere/weights/back", "../model"),
      ] {
        try files.createSymbolicLink(atPath: root.appending(path: link).path, withDestinationPath: target)
      }
      Thread.sleep(forTimeInterval: 1.2)
      #expect(try looked(project) == ["first", "second"])
      #expect(try looked(project) == [])
      for file in ["elsewhere/model/config.json", "elsewhere/weights/part"] {
        try Data("another".utf8).write(to: root.appending(path: file))
        Thread.sleep(forTimeInterval: 1.2)
        #expect(try looked(project) == ["first", "second"], "\(file)")
        #expect(try looked(project) == [], "\(file)")
      }
    }
  }

  @Test("A record that is no longer the newest is made again, and so is one that was asked for with other values.")
  func records() throws {
    try withProject { project in
      _ = try looked(project)
      // With another seed every record is another, and so are they all again without it.
      #expect(try looked(project, overrides: ["seed": "3"]) == ["first", "second"])
      #expect(try looked(project) == ["first", "second"])
      #expect(try looked(project) == [])
      let ledger = try project.ledger()
      _ = try ledger.record(experiment: "first", files: ["note": Data("other".utf8)], message: .init(subject: "other"))
      #expect(try looked(project) == ["first"])
      #expect(try ledger.file("note", of: "first") == nil)
      #expect(try looked(project) == [])
    }
  }

  @Test("A file that changed while it may have been read is looked at again, and so is a run that failed.")
  func doubtful() throws {
    try withProject { project in
      try Data("text\na\nb\n".utf8).write(to: project.root.appending(path: "experiments/data/rows.csv"))
      #expect(try looked(project) == ["first", "second"])
      #expect(try looked(project) == ["first", "second"])
    }
    try withProject { project in
      try write("fails: true", "first", data: "rows", in: project.root)
      #expect(try looked(project) == ["first", "second"])
      #expect(try looked(project) == ["first"])
    }
  }

  @Test("The report is mended where a file of it was changed or lost, and made anew with another theme.")
  func report() throws {
    try withProject { project in
      _ = try project.run()
      let index = try project.render()
      let whole = try Data(contentsOf: index)
      let stylesheet = project.reportFolder.appending(path: "assets/style.css")
      let style = try Data(contentsOf: stylesheet)
      #expect(try project.render() == index)

      try Data("spoilt".utf8).write(to: index)
      try FileManager.default.removeItem(at: stylesheet)
      _ = try project.render()
      #expect(try Data(contentsOf: index) == whole)
      #expect(try Data(contentsOf: stylesheet) == style)

      let own = project.root.appending(path: "site/assets/style.css")
      try FileManager.default.createDirectory(at: own.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data("/* ours */".utf8).write(to: own)
      _ = try project.render()
      #expect(String(decoding: try Data(contentsOf: stylesheet), as: UTF8.self).contains("/* ours */"))
    }
  }
}
