import CGit2

extension Repository {
  /// The names of branches, local and remote, and of tags, as revisions name them, sorted.
  public func branchesAndTags() throws -> [String] {
    let repository = try open()
    return try ["refs/heads/", "refs/remotes/", "refs/tags/"].flatMap { prefix in
      try Tip.names(matching: prefix + "*", in: repository).map { String($0.dropFirst(prefix.count)) }.sorted()
    }
  }

  /// The names of the remotes, sorted.
  public func remotes() throws -> [String] {
    let repository = try open()
    var configuration: OpaquePointer?
    defer { git_config_free(configuration) }
    let code = git_repository_config_snapshot(&configuration, repository.pointer)
    try Git2.check(code, "reading git's configuration", at: path)
    let snapshot = configuration
    let iterator = try Handle("listing the remotes", at: path, free: git_config_iterator_free) {
      git_config_iterator_new($0, snapshot)
    }
    var names: Set<String> = []
    var entry: UnsafeMutablePointer<git_config_entry>?
    while git_config_next(&entry, iterator.pointer) == 0, let key = entry?.pointee.name.map({ String(cString: $0) }) {
      if key.hasPrefix("remote."), key.hasSuffix(".url") { names.insert(String(key.dropFirst(7).dropLast(4))) }
    }
    return names.sorted()
  }
}
