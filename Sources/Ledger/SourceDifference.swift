import CGit2
import Foundation

extension Repository {
  /// Files longer than this are named in a difference, and not held.
  static let longestHeldFile = 1 << 20

  /// What the work tree holds beyond its commit, as a patch that `git apply` reads; `nil` if it is clean.
  ///
  /// Tracked files all count; untracked ones at or under `paths`. A file of more than 1 MiB is named and not held.
  public func sourceDifference(untrackedIn paths: [URL] = []) throws -> Data? {
    guard let workTree else { return nil }
    let repository = try open()
    var head = git_oid()
    // Before the first commit everything differs from nothing.
    let root =
      git_reference_name_to_id(&head, repository.pointer, "HEAD") == 0
      ? try Ledger.root(of: head, in: repository) : nil
    var tree: OpaquePointer?
    defer { git_tree_free(tree) }
    if var root { try Git2.check(git_tree_lookup(&tree, repository.pointer, &root), "reading the commit", at: path) }
    let base = tree
    var options = git_diff_options()
    git_diff_options_init(&options, UInt32(GIT_DIFF_OPTIONS_VERSION))
    options.flags =
      GIT_DIFF_INCLUDE_UNTRACKED.rawValue | GIT_DIFF_RECURSE_UNTRACKED_DIRS.rawValue
      | GIT_DIFF_SHOW_UNTRACKED_CONTENT.rawValue | GIT_DIFF_SHOW_BINARY.rawValue | GIT_DIFF_IGNORE_SUBMODULES.rawValue
    let owner = repository.pointer
    let diff = try Handle("comparing the work tree with its commit", at: path, free: git_diff_free) {
      git_diff_tree_to_workdir_with_index($0, owner, base, &options)
    }
    let counted = paths.map { $0.resolvingSymlinksInPath().path(percentEncoded: false).trimmingSlash() }
    var (left, patch) = (Data(), Data())
    for index in 0..<git_diff_num_deltas(diff.pointer) {
      guard let delta = git_diff_get_delta(diff.pointer, index)?.pointee,
        let name = (delta.new_file.path ?? delta.old_file.path).map({ String(cString: $0) })
      else { continue }
      let file = workTree.appending(path: name)
      let place = file.resolvingSymlinksInPath().path(percentEncoded: false)
      if delta.status == GIT_DELTA_UNTRACKED, !counted.contains(where: { place == $0 || place.hasPrefix($0 + "/") }) {
        continue
      }
      let size = (try? FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int) ?? 0
      if max(size, Int(delta.old_file.size)) > Self.longestHeldFile {
        left += Data("# not held: \(name), \(size) bytes\n".utf8)
        continue
      }
      let part = try Handle("reading what changed in \(name)", at: path, free: git_patch_free) {
        git_patch_from_diff($0, diff.pointer, index)
      }
      var text = git_buf()
      defer { git_buf_dispose(&text) }
      try Git2.check(git_patch_to_buf(&text, part.pointer), "reading what changed in \(name)", at: path)
      if let bytes = text.ptr { patch += Data(bytes: bytes, count: text.size) }
    }
    return left.isEmpty && patch.isEmpty ? nil : left + patch
  }
}

extension String {
  fileprivate func trimmingSlash() -> String { hasSuffix("/") ? String(dropLast()) : self }
}
