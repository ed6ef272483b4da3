import CGit2
import Foundation

extension Repository {
  /// Throws ``LedgerError/branchCheckedOut(branch:worktree:)`` if any work tree, main or linked, stands on the branch,
  /// even one that has no commit yet.
  func refuseCheckedOut(_ branch: String) throws {
    let repository = try open()
    func stands(_ folder: URL) -> Bool {
      let head = try? String(contentsOf: folder.appending(path: "HEAD"), encoding: .utf8)
      return head?.trimmingCharacters(in: .whitespacesAndNewlines) == "ref: refs/heads/\(branch)"
    }
    var isBare: CInt = 0
    var configuration: OpaquePointer?
    defer { git_config_free(configuration) }
    try Git2.check(git_repository_config(&configuration, repository.pointer), "reading git's configuration", at: path)
    if git_config_get_bool(&isBare, configuration, "core.bare") != 0 { isBare = 0 }
    if isBare == 0, stands(commonDirectory) {
      let main = commonDirectory == gitDirectory ? location : commonDirectory.deletingLastPathComponent()
      throw LedgerError.branchCheckedOut(branch: branch, worktree: main.path(percentEncoded: false))
    }
    let linked = commonDirectory.appending(path: "worktrees")
    for folder in (try? FileManager.default.contentsOfDirectory(at: linked, includingPropertiesForKeys: nil)) ?? []
    where stands(folder) {
      guard let link = try? String(contentsOf: folder.appending(path: "gitdir"), encoding: .utf8) else { continue }
      let tree = URL(filePath: link.trimmingCharacters(in: .newlines)).deletingLastPathComponent()
      // A work tree that was deleted without “git worktree prune” can no longer fall behind.
      guard FileManager.default.fileExists(atPath: tree.path(percentEncoded: false)) else { continue }
      throw LedgerError.branchCheckedOut(branch: branch, worktree: tree.path(percentEncoded: false))
    }
  }
}
