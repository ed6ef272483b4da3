import CGit2
import Foundation

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
    try object("reading commit \(id.hex)", in: repository, free: git_commit_free) { out, owner in
      withUnsafePointer(to: id) { git_commit_lookup(out, owner, $0) }
    }
  }

  /// The tree with this name.
  static func tree(_ id: git_oid, in repository: borrowing Handle) throws -> Handle {
    try object("reading tree \(id.hex)", in: repository, free: git_tree_free) { out, owner in
      withUnsafePointer(to: id) { git_tree_lookup(out, owner, $0) }
    }
  }

  /// What `make` reads from the object database. An object that is not found is looked for again: `git gc` may have moved
  /// it to another pack after libgit2 had listed the packs and before it opened the one that had it.
  static func object(
    _ doing: @autoclosure () -> String, in repository: borrowing Handle,
    free: @escaping (OpaquePointer?) -> Void, make: (UnsafeMutablePointer<OpaquePointer?>, OpaquePointer) -> CInt
  ) throws -> Handle {
    let owner = repository.pointer
    return try Handle(doing(), free: free) { out in
      for attempt in 0..<5 {
        let code = make(out, owner)
        guard code == GIT_ENOTFOUND.rawValue else { return code }
        Thread.sleep(forTimeInterval: 0.002 * Double(1 << attempt))
        var database: OpaquePointer?
        if git_repository_odb(&database, owner) == 0 { git_odb_refresh(database) }
        git_odb_free(database)
      }
      return make(out, owner)
    }
  }
}
