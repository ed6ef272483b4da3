import Foundation
import Tensor

extension Repository {
  /// Checks a commit out into a linked worktree with no branch, as `git worktree add --detach` does, by that command:
  /// libgit2 makes no worktree without a branch. If what is done in it fails, it is removed again, and git forgets it.
  ///
  /// - Parameter folder: where to; nothing may be there.
  /// - Throws: `FileError` if the folder cannot be made; ``LedgerError/git(doing:code:message:)`` with what git says; what
  ///   `body` throws.
  public func withNewWorktree<Value>(at folder: URL, commit: CommitID, _ body: () throws -> Value) throws -> Value {
    let path = folder.path
    try AtomicFile.makeFolder(folder.deletingLastPathComponent())
    // Made here, so that what is removed is this one's own and no other's that came first.
    guard mkdir(path, 0o777) == 0 else { throw FileError(action: "make the folder", path: path, errno: errno) }
    do {
      try git(["worktree", "add", "--quiet", "--detach", path, commit.hex])
      return try body()
    } catch {
      try? git(["worktree", "remove", "--force", path])
      try? FileManager.default.removeItem(at: folder)
      throw error
    }
  }

  /// Applies a patch to the work tree, as `git apply` does.
  ///
  /// - Throws: ``LedgerError/git(doing:code:message:)`` with what git says; nothing is then changed.
  public func apply(_ patch: Data) throws {
    // A patch may have named files that it does not hold, and hold nothing.
    guard patch.range(of: Data("diff --git ".utf8)) != nil else { return }
    let file = FileManager.default.temporaryDirectory.appending(path: "palimpsest-\(UUID().uuidString).patch")
    defer { try? FileManager.default.removeItem(at: file) }
    try AtomicFile.write(patch, to: file)
    try git(["apply", "--whitespace=nowarn", file.path(percentEncoded: false)])
  }

  private func git(_ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["git"] + arguments
    process.currentDirectoryURL = location
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    let errors = Pipe()
    process.standardError = errors
    let doing = "running “git \(arguments.joined(separator: " "))”"
    do {
      try process.run()
    } catch {
      throw LedgerError.git(doing: doing, code: -1, message: error.localizedDescription)
    }
    let said = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw LedgerError.git(
        doing: doing, code: Int(process.terminationStatus),
        message: said.trimmingCharacters(in: .whitespacesAndNewlines))
    }
  }
}
