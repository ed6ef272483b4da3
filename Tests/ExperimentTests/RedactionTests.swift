import Experiment
import Foundation
import Manuscript
import Project
import Runner
import Site
import Synchronization
import Tensor
import Testing

/// `{say}`: a cell whose model says one sentence twice, and another once.
private enum SayCell: CellKind {
  struct Settings: CellSettings {
    var more = ""
    static let keys: [SettingKey<Settings>] = [.optional("more", \.more, "What is said besides.")]
  }

  static let name = "say"
  static let version = 1
  static let summary = "Says something."
  static let usesModel = false
  static let sentinel = "Sentinelsentence of the model"

  static func run(_ settings: Settings, in context: CellContext) throws -> Results {
    var results = Results()
    results.values["count"] = 2
    results.headline = ["count"]
    results.notes = ["Two were said."]
    results.galleries = [
      Gallery(
        name: "responses", caption: "What was said.",
        entries: [
          .init(
            prompt: "Promptsentence",
            responses: [
              .init(arm: "unchanged", text: sentinel, labels: ["answers"]), .init(arm: "changed", text: sentinel),
            ])
        ]),
      Gallery(
        name: "more", caption: "More.",
        entries: [.init(prompt: "Another", responses: [.init(arm: "unchanged", text: "é" + settings.more)])]),
    ]
    return results
  }
}

@Suite("Redaction")
struct RedactionTests {
  private func text(_ redact: String?, more: String = "") -> String {
    """
    ---
    title: What is said
    \(redact.map { "redact: \($0)" } ?? "description: All of it")
    ---

    It said `{value} said.count` things.

    ```{say}
    label: said
    more: "\(more)"
    ```
    """
  }

  /// Everything that a run and its report leave behind: files as they stand, and every object of the repository.
  private func traces(_ text: String) throws -> String {
    let folder = FileManager.default.temporaryDirectory.appending(path: "redaction-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(
      at: folder.appending(path: "experiments"), withIntermediateDirectories: true)
    // libgit2 looks for the home once in a process: nobody's own configuration may take part, here or in other tests.
    let home = ProcessInfo.processInfo.environment["HOME"] ?? "/"
    setenv("HOME", folder.path, 1)
    defer { if String(cString: getenv("HOME")) == folder.path { setenv("HOME", home, 1) } }
    _ = try Project.initialise(at: folder)
    try Data(text.utf8).write(to: folder.appending(path: "experiments/said.md"))
    let project = Project(root: folder, registry: Registry([SayCell.self]))
    let run = try #require(try project.run().first { $0.experiment == "said" })
    let outcome = try #require(run.outcome)
    #expect(outcome.failures.isEmpty && run.recorded?.isNew == true)
    _ = try project.render()
    var traces = ""
    for case let file as URL in try #require(
      FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    {
      if let data = try? Data(contentsOf: file) { traces += String(decoding: data, as: UTF8.self) }
    }
    let git = Process()
    let pipe = Pipe()
    git.executableURL = URL(filePath: "/usr/bin/env")
    git.arguments = ["git", "-C", folder.path, "cat-file", "--batch-all-objects", "--batch"]
    git.standardOutput = pipe
    try git.run()
    let objects = try #require(try pipe.fileHandleForReading.readToEnd())
    git.waitUntilExit()
    let files = try outcome.record.files(drawing: SVG.drawing).values.map { String(decoding: $0, as: UTF8.self) }
    return traces + String(decoding: objects, as: UTF8.self) + files.joined()
  }

  @Test("Nothing that a run leaves behind holds what the model said: no record, no cache, no report, no git object.")
  func nowhere() throws {
    #expect(try traces(text(nil)).contains(SayCell.sentinel))
    let traces = try traces(text("completions"))
    #expect(!traces.contains(SayCell.sentinel) && !traces.contains("Sentinelsentence"))
    // Once in the cache, in the report, in git and in the record's files.
    let marker = "[redacted, 29 characters, SHA-256 \(Digest(of: SayCell.sentinel).hex)]"
    #expect(traces.components(separatedBy: marker).count > 4)
    #expect(traces.contains("[redacted, 1 character, SHA-256 \(Digest(of: "é").hex)]"))
    #expect(traces.contains("Promptsentence"))
  }

  @Test("What was kept in the clear is not reused where it must not be shown, nor the other way round.")
  func reuse() throws {
    let kept = Mutex<[Digest: Results]>([:])
    let store = ResultStore(
      load: { key in kept.withLock { $0[key] } }, save: { results, key in kept.withLock { $0[key] = results } })
    let runner = Runner(shelf: Shelf(root: FileManager.default.temporaryDirectory), store: store)
    func said(_ redact: String?, more: String = "") throws -> (texts: [String], reused: Int) {
      let outcome = try runner.run(
        Experiment(
          name: "said", source: text(redact, more: more), file: "said.md", overrides: [:],
          registry: Registry([SayCell.self])))
      let texts = outcome.record.cells[0].results.galleries.flatMap { $0.entries.flatMap { $0.responses.map(\.text) } }
      return (texts, outcome.reused)
    }
    let clear = try said(nil)
    #expect(clear.texts == [SayCell.sentinel, SayCell.sentinel, "é"])
    let hidden = try said("completions")
    #expect(hidden.reused == 0 && hidden.texts.allSatisfy { $0.hasPrefix("[redacted, ") })
    // Equal texts have equal markers, so that runs can be compared; others do not.
    #expect(Set(hidden.texts).count == 2)
    #expect(try said("[completions]").texts == hidden.texts)
    #expect(try said("completions", more: "!").texts[2] != hidden.texts[2])
    let again = try said("completions")
    #expect(again.reused == 1 && again.texts == hidden.texts)
    #expect(try said(nil).texts == clear.texts)
  }

  @Test(
    "What cannot be redacted is refused with its place.",
    arguments: [
      ("completion", "said.md:3:9: error: unknown value “completion” of redact; did you mean “completions”?"),
      ("[completions, prompts]", "said.md:3:23: error: unknown value “prompts” of redact\n  allowed: completions"),
      ("true", "said.md:3:9: error: redact is true\n  expected: one of completions"),
    ])
  func refusals(value: String, message: String) throws {
    let error = #expect(throws: Problems.self) {
      try Experiment(
        name: "said", source: text(value), file: "said.md", overrides: [:], registry: Registry([SayCell.self]))
    }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }
}
