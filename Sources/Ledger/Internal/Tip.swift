import CGit2

/// Where a branch stands, and what a next commit would build on.
struct Tip {
  /// The local branch; `nil` if it does not exist yet.
  let local: git_oid?
  /// What a next commit has as its parent: the local branch, else the remote's.
  let start: git_oid?
  /// The remote branch (`origin/results`) that `start` comes from, when there is no local one.
  let remote: String?

  /// Looks a branch up. A fresh clone has only the remote's: `origin`'s is taken, else the first by name.
  static func of(_ branch: String, in repository: borrowing Handle) throws -> Tip {
    if let local = id(of: "refs/heads/\(branch)", in: repository) {
      return Tip(local: local, start: local, remote: nil)
    }
    let prefix = "refs/remotes/"
    let remotes = try names(matching: "\(prefix)*/\(branch)", in: repository).sorted()
    let origin = "\(prefix)origin/\(branch)"
    guard let chosen = remotes.contains(origin) ? origin : remotes.first, let found = id(of: chosen, in: repository)
    else { return Tip(local: nil, start: nil, remote: nil) }
    return Tip(local: nil, start: found, remote: String(chosen.dropFirst(prefix.count)))
  }

  /// The commit that a reference names, if it exists.
  static func id(of reference: String, in repository: borrowing Handle) -> git_oid? {
    var id = git_oid()
    return git_reference_name_to_id(&id, repository.pointer, reference) == 0 ? id : nil
  }

  /// References by a pattern. (`git_remote_list` would leak memory for every line of configuration: libgit2 1.5 frees
  /// no regular expression's workspace that did not match.)
  static func names(matching pattern: String, in repository: borrowing Handle) throws -> [String] {
    let owner = repository.pointer
    let iterator = try Handle("listing \(pattern)", free: git_reference_iterator_free) {
      git_reference_iterator_glob_new($0, owner, pattern)
    }
    var names: [String] = []
    var name: UnsafePointer<CChar>?
    while git_reference_next_name(&name, iterator.pointer) == 0, let name { names.append(String(cString: name)) }
    return names
  }
}
