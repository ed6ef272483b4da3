import CGit2
import Foundation

/// What the work tree held when something was run.
public struct SourceState: Hashable, Sendable {
  /// The commit that is checked out; `nil` before the first.
  public let commit: CommitID?
  /// The branch that is checked out; `nil` when HEAD is detached.
  public let branch: String?
  /// Files that differ from the commit, relative to the root of the work tree, sorted.
  public let changes: [String]

  /// Whether anything differs from the commit.
  public var isDirty: Bool { !changes.isEmpty }
}

extension Repository {
  /// The commit that is checked out, and what differs from it: any tracked file, and untracked ones at or under `paths`.
  ///
  /// The index is read and never written. A bare repository has no work tree and is never dirty.
  public func sourceState(untrackedIn paths: [URL] = []) throws -> SourceState {
    let repository = try open()
    var id = git_oid()
    let commit = git_reference_name_to_id(&id, repository.pointer, "HEAD") == 0 ? CommitID(id) : nil
    var changes: Set<String> = []
    if workTree != nil {
      changes.formUnion(try status(repository, flags: GIT_STATUS_OPT_EXCLUDE_SUBMODULES.rawValue, paths: []))
      let relative = paths.compactMap(relativePath)
      if !relative.isEmpty {
        let flags =
          GIT_STATUS_OPT_INCLUDE_UNTRACKED.rawValue | GIT_STATUS_OPT_RECURSE_UNTRACKED_DIRS.rawValue
          | GIT_STATUS_OPT_EXCLUDE_SUBMODULES.rawValue | GIT_STATUS_OPT_DISABLE_PATHSPEC_MATCH.rawValue
        changes.formUnion(try status(repository, flags: flags, paths: relative.contains("") ? [] : relative))
      }
    }
    return SourceState(commit: commit, branch: branchName(of: repository), changes: changes.sorted())
  }

  private func branchName(of repository: borrowing Handle) -> String? {
    var head: OpaquePointer?
    defer { git_reference_free(head) }
    guard git_reference_lookup(&head, repository.pointer, "HEAD") == 0,
      let target = git_reference_symbolic_target(head)
    else { return nil }
    let name = String(cString: target)
    return name.hasPrefix("refs/heads/") ? String(name.dropFirst(11)) : name
  }

  /// `url` relative to the work tree, without a slash at either end; `nil` if it lies elsewhere.
  public func relativePath(_ url: URL) -> String? {
    guard let root = workTree?.resolvingSymlinksInPath().pathComponents else { return nil }
    let components = url.resolvingSymlinksInPath().pathComponents
    return components.starts(with: root) ? components.dropFirst(root.count).joined(separator: "/") : nil
  }

  private func status(_ repository: borrowing Handle, flags: UInt32, paths: [String]) throws -> [String] {
    var options = git_status_options()
    git_status_options_init(&options, UInt32(GIT_STATUS_OPTIONS_VERSION))
    options.flags = flags
    var strings = paths.map { strdup($0) }
    defer { strings.forEach { free($0) } }
    return try strings.withUnsafeMutableBufferPointer { buffer in
      options.pathspec = git_strarray(strings: buffer.baseAddress, count: buffer.count)
      let owner = repository.pointer
      let list = try Handle("comparing the work tree with its commit", at: path, free: git_status_list_free) {
        git_status_list_new($0, owner, &options)
      }
      return (0..<git_status_list_entrycount(list.pointer)).compactMap { index in
        guard let entry = git_status_byindex(list.pointer, index)?.pointee,
          let delta = entry.index_to_workdir ?? entry.head_to_index,
          let name = delta.pointee.new_file.path ?? delta.pointee.old_file.path
        else { return nil }
        return String(cString: name)
      }
    }
  }
}
