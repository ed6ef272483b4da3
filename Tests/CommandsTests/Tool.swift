import Foundation

/// The built command, run as a user runs it.
struct Tool {
  let folder: URL

  init() throws {
    _ = Self.removal
    folder = Self.all().appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  /// The folder of all tests of this process, gone when they end.
  private static func all() -> URL {
    FileManager.default.temporaryDirectory
      .appending(path: "palimpsest-tests-\(ProcessInfo.processInfo.processIdentifier)")
  }

  private static let removal: Void = { atexit { try? FileManager.default.removeItem(at: Tool.all()) } }()

  struct Outcome {
    let status: Int32
    let output: String
    let errors: String
  }

  /// The command itself.
  static let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "palimpsest")

  func callAsFunction(_ arguments: String...) throws -> Outcome {
    try run(Self.program, arguments)
  }

  /// Runs a line of a shell, in which `palimpsest` is the command.
  func shell(_ line: String, _ shell: String = "sh") throws -> Outcome {
    try run(URL(filePath: "/usr/bin/env"), [shell, "-c", line])
  }

  private func run(_ program: URL, _ arguments: [String]) throws -> Outcome {
    let process = Process()
    process.executableURL = program
    process.currentDirectoryURL = folder
    process.arguments = arguments
    var environment = ProcessInfo.processInfo.environment
    environment["HOME"] = folder.path
    environment["PATH"] = Self.program.deletingLastPathComponent().path + ":" + (environment["PATH"] ?? "")
    for name in ["GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"] { environment[name] = "A. Researcher" }
    for name in ["GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"] { environment[name] = "a@example.org" }
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
