import CGit2

/// A libgit2 object that is freed when its owner goes out of scope.
struct Handle: ~Copyable {
  let pointer: OpaquePointer
  private let free: (OpaquePointer?) -> Void

  /// Takes ownership of what `make` gives.
  ///
  /// - Throws: ``LedgerError`` if `make` returns a negative code.
  init(
    _ doing: @autoclosure () -> String, at path: String = "", free: @escaping (OpaquePointer?) -> Void,
    make: (UnsafeMutablePointer<OpaquePointer?>) -> CInt
  ) throws {
    Git2.start()
    var pointer: OpaquePointer?
    try Git2.check(make(&pointer), doing(), at: path)
    guard let pointer else {
      throw LedgerError.git(doing: doing(), code: -1, message: "libgit2 gave nothing back")
    }
    self.pointer = pointer
    self.free = free
  }

  deinit { free(pointer) }
}

extension Handle {
  /// The commit with this name.
  static func commit(_ id: git_oid, in repository: borrowing Handle) throws -> Handle {
    let owner = repository.pointer
    return try Handle("reading commit \(id.hex)", free: git_commit_free) { out in
      withUnsafePointer(to: id) { git_commit_lookup(out, owner, $0) }
    }
  }

  /// The tree with this name.
  static func tree(_ id: git_oid, in repository: borrowing Handle) throws -> Handle {
    let owner = repository.pointer
    return try Handle("reading tree \(id.hex)", free: git_tree_free) { out in
      withUnsafePointer(to: id) { git_tree_lookup(out, owner, $0) }
    }
  }
}
