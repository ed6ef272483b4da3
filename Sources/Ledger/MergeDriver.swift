import CGit2
import Foundation
import Tensor

extension Repository {
  /// Tells git to merge some files with a command of one's own: in this repository's configuration and attributes, which
  /// no clone takes over.
  ///
  /// - Returns: what was done, a line each; nothing if all is so already.
  /// - Throws: ``LedgerError``, `FileError`.
  public func installMergeDriver(
    name: String, description: String, command: String, patterns: [String]
  ) throws -> [String] {
    var done: [String] = []
    let repository = try open()
    var configuration: OpaquePointer?
    defer { git_config_free(configuration) }
    try Git2.check(git_repository_config(&configuration, repository.pointer), "reading git's configuration", at: path)
    for (key, value) in [("name", description), ("driver", command)] {
      let key = "merge.\(name).\(key)"
      var held = git_buf()
      defer { git_buf_dispose(&held) }
      if git_config_get_string_buf(&held, configuration, key) == 0, let text = held.ptr, String(cString: text) == value
      {
        continue
      }
      try Git2.check(git_config_set_string(configuration, key, value), "setting \(key)", at: path)
      done.append("set \(key)")
    }
    let file = commonDirectory.appending(path: "info/attributes")
    let isThere = access(file.path(percentEncoded: false), F_OK) == 0
    var text = isThere ? String(decoding: try Data(contentsOf: file), as: UTF8.self) : ""
    let present = Set(text.split(whereSeparator: \.isNewline).map(String.init))
    let missing = patterns.map { "\($0) merge=\(name)" }.filter { !present.contains($0) }
    guard !missing.isEmpty else { return done }
    if let last = text.last, !last.isNewline { text += "\n" }
    text += missing.joined(separator: "\n") + "\n"
    try AtomicFile.write(Data(text.utf8), to: file)
    return done + ["added \(missing.count) lines to \(file.path(percentEncoded: false))"]
  }
}

extension Ledger {
  /// Where two commits' histories parted; `nil` if they share nothing.
  public func mergeBase(_ a: CommitID, _ b: CommitID) throws -> CommitID? {
    let repository = try repository.open()
    var (left, right, common) = (try a.oid, try b.oid, git_oid())
    let code = git_merge_base(&common, repository.pointer, &left, &right)
    if code == GIT_ENOTFOUND.rawValue { return nil }
    try Git2.check(code, "looking for where two histories parted", at: self.repository.path)
    return CommitID(common)
  }
}
