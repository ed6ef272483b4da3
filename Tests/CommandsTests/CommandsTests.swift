import Foundation
import Testing

/// The built command, run as a user runs it.
private struct Tool {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "palimpsest-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  struct Outcome {
    let status: Int32
    let output: String
    let errors: String
  }

  func callAsFunction(_ arguments: String...) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appending(path: "palimpsest")
    process.currentDirectoryURL = folder
    process.arguments = arguments
    var environment = ProcessInfo.processInfo.environment
    environment["HOME"] = folder.path
    process.environment = environment
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    let messages = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
      errors: String(decoding: messages, as: UTF8.self))
  }

  func write(_ text: String, to path: String) throws {
    let file = folder.appending(path: path)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }
}

@Suite("The command line")
struct CommandsTests {
  private let tool: Tool

  init() throws {
    tool = try Tool()
  }

  @Test(
    "Help goes to standard output, shows examples, and is no mistake.",
    arguments: ["run", "check", "plan", "log", "model"])
  func help(command: String) throws {
    let outcome = try tool(command, "--help")
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    #expect(outcome.output.contains("USAGE: palimpsest \(command)"))
  }

  @Test("Outside of a project the error says what to do.")
  func outside() throws {
    let outcome = try tool("run")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("run “palimpsest init” to make one"))
    #expect(outcome.output.isEmpty)
  }

  @Test("A folder becomes a project, and becoming one again changes nothing.")
  func initialise() throws {
    #expect(try tool("init").status == 0)
    #expect(FileManager.default.fileExists(atPath: tool.folder.appending(path: ".git").path))
    let again = try tool("init")
    #expect(again.status == 0)
    #expect(again.output.contains("nothing to do"))
    #expect(try tool("new", "first").output.contains("experiments/first.md"))
    #expect(try tool("new", "first").status == 2)
    #expect(try tool("new", "No Name").status == 2)
  }

  @Test("Every mistake in a document is told with its place, and nothing runs.")
  func mistakes() throws {
    #expect(try tool("init").status == 0)
    try tool.write(
      "---\ntitle: X\nmodle: y\n---\n\n```{probe}\nlabel: a\ntargte: harmful\n```\n", to: "experiments/x.md")
    for command in ["check", "run", "plan"] {
      let outcome = try tool(command)
      #expect(outcome.status == 2)
      #expect(outcome.errors.contains("experiments/x.md:3:1: error: unknown key “modle”"))
    }
    try tool.write(
      "---\ntitle: X\nmodel: nowhere\n---\n\n```{probe}\nlabel: a\ntarget: b\n```\n", to: "experiments/x.md")
    let outcome = try tool("check")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("experiments/x.md:3:8: error: there is no model “nowhere”"))
    #expect(!outcome.errors.contains("Fatal"))
  }

  @Test(
    "Arguments that make no sense are mistakes, with a word on what is expected.",
    arguments: [
      (["run", "--threads", "0"], "expected at least 1"), (["run", "--kernels", "mmx"], "portable"),
      (["run", "--set", "folds"], "name=value"), (["frobnicate"], "frobnicate"),
      (["model", "generate", "nowhere"], "expected either --prompt or --tokens"),
    ])
  func arguments(words: [String], message: String) throws {
    #expect(try tool("init").status == 0)
    let process = try run(words)
    #expect(process.status == 2)
    #expect(process.errors.contains(message))
  }

  private func run(_ words: [String]) throws -> Tool.Outcome {
    switch words.count {
    case 1: try tool(words[0])
    case 2: try tool(words[0], words[1])
    default: try tool(words[0], words[1], words[2])
    }
  }

  @Test("A checkpoint that is not there is a mistake that names the path.")
  func missingModel() throws {
    let outcome = try tool("model", "inspect", "nowhere")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("nowhere"))
  }
}
