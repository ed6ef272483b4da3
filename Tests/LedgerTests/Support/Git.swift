import Foundation
import Ledger
import Testing

/// The `git` command, as an examiner from outside.
struct Git {
  let folder: URL

  /// An empty home for this process and its children, so that nobody's own configuration takes part.
  static let home: URL = {
    let home = (try? TemporaryFolder(named: "home").url) ?? URL(filePath: "/nonexistent")
    setenv("HOME", home.path, 1)
    setenv("XDG_CONFIG_HOME", home.appending(path: "config").path, 1)
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL"] { unsetenv(name) }
    return home
  }()

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Runs git in the folder and gives its standard output without the last line feed.
  @discardableResult
  func callAsFunction(_ arguments: String...) throws -> String {
    try Self.run(["git", "-c", "user.name=Outside", "-c", "user.email=outside@example.org"] + arguments, in: folder)
  }

  static func run(_ command: [String], in folder: URL) throws -> String {
    _ = home
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    process.currentDirectoryURL = folder
    let output = Pipe()
    let errors = Pipe()
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    let complaint = try errors.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(description: "\(command): " + String(decoding: complaint, as: UTF8.self))
    }
    return String(decoding: text, as: UTF8.self).trimmingCharacters(in: .newlines)
  }
}

/// A temporary repository with one commit on `main`, seen by us and by git.
struct Sample {
  let folder: TemporaryFolder
  let git: Git
  var url: URL { folder.url }

  init(_ options: String..., commit: Bool = true) throws {
    folder = try TemporaryFolder()
    git = Git(folder: folder.url)
    _ = try Git.run(["git", "init", "-q", "-b", "main"] + options + ["."], in: folder.url)
    if commit {
      try folder.write("# An experiment\n", to: "experiments/one.md")
      try git("add", ".")
      try git("commit", "-q", "-m", "Begin")
    }
  }

  func ledger(patience: Duration = .seconds(60)) throws -> Ledger {
    Ledger(try Repository.discover(from: url), patience: patience)
  }

  /// Whether the repository is sound, by git's own judgement.
  func isSound() throws -> Bool {
    try git("fsck", "--strict", "--full").split(separator: "\n").allSatisfy { $0.hasPrefix("dangling") }
  }
}

func bytes(_ text: String) -> Data { Data(text.utf8) }
