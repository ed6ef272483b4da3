import CGit2
import Foundation

/// Objects that are built in memory first, and reach the repository together as one pack.
///
/// A pack appears whole or not at all, and costs one flush of the disk where loose objects would cost one each.
struct Staging: ~Copyable {
  /// A repository handle whose new objects go to memory.
  let repository: Handle
  private let path: String
  /// The repository's objects alone, to know which are new.
  private let disk: Handle
  private let packs: String
  private var pending: [git_oid] = []
  private var known: Set<String> = []

  init(_ source: Repository) throws {
    let path = source.path
    let objects = source.commonDirectory.appending(path: "objects").path(percentEncoded: false)
    let repository = try source.open()
    let disk = try Handle("opening \(objects)", at: path, free: git_odb_free) { git_odb_open($0, objects) }
    try Self.keepNewObjectsInMemory(of: repository, at: path)
    self.path = path
    self.packs = objects + "/pack"
    self.repository = repository
    self.disk = disk
  }

  private static func keepNewObjectsInMemory(of repository: borrowing Handle, at path: String) throws {
    let owner = repository.pointer
    let database = try Handle("opening the objects", at: path, free: git_odb_free) { git_repository_odb($0, owner) }
    var memory: OpaquePointer?
    try Git2.check(git_mempack_new(&memory), "making room for objects", at: path)
    // The database owns it from here; its priority is above the disk's, so that writes go to it.
    try Git2.check(git_odb_add_backend(database.pointer, memory, 1000), "making room for objects", at: path)
  }

  /// Stages a file's bytes.
  mutating func blob(_ data: Data) throws -> git_oid {
    var id = git_oid()
    let code = data.withUnsafeBytes {
      git_blob_create_from_buffer(&id, repository.pointer, $0.baseAddress, $0.count)
    }
    try Git2.check(code, "staging a file", at: path)
    add(id)
    return id
  }

  /// Stages a tree: `base` (or an empty one) with some entries put in or replaced.
  mutating func tree(on base: git_oid? = nil, entries: [(name: String, id: git_oid, mode: git_filemode_t)])
    throws -> git_oid
  {
    let owner = repository.pointer
    let builder =
      if let base {
        try Self.builder(on: Handle.tree(base, in: repository), owner: owner)
      } else {
        try Handle("building a tree", free: git_treebuilder_free) { git_treebuilder_new($0, owner, nil) }
      }
    for var entry in entries {
      let code = git_treebuilder_insert(nil, builder.pointer, entry.name, &entry.id, entry.mode)
      try Git2.check(code, "putting “\(entry.name)” into a tree", at: path)
    }
    var id = git_oid()
    try Git2.check(git_treebuilder_write(&id, builder.pointer), "staging a tree", at: path)
    add(id)
    return id
  }

  /// Stages a commit.
  mutating func commit(tree: git_oid, parent: git_oid?, message: String, by identity: Identity) throws -> git_oid {
    let signature = try Signature(identity)
    let tree = try Handle.tree(tree, in: repository)
    var id = git_oid()
    let code: CInt
    if let parent {
      let parent = try Handle.commit(parent, in: repository)
      var parents: [OpaquePointer?] = [parent.pointer]
      code = git_commit_create(
        &id, repository.pointer, nil, signature.author, signature.committer, nil, message, tree.pointer, 1, &parents)
    } else {
      code = git_commit_create(
        &id, repository.pointer, nil, signature.author, signature.committer, nil, message, tree.pointer, 0, nil)
    }
    try Git2.check(code, "staging a commit", at: path)
    add(id)
    return id
  }

  /// Writes what is new to the repository, flushed to the disk, in one step.
  mutating func flush() throws {
    guard !pending.isEmpty else { return }
    let owner = repository.pointer
    let builder = try Handle("packing", at: path, free: git_packbuilder_free) { git_packbuilder_new($0, owner) }
    for var id in pending {
      try Git2.check(git_packbuilder_insert(builder.pointer, &id, nil), "packing \(id.hex)", at: path)
    }
    var pack = git_buf()
    defer { git_buf_dispose(&pack) }
    try Git2.check(git_packbuilder_write_buf(&pack, builder.pointer), "packing", at: path)
    try PackFile.write(UnsafeRawBufferPointer(start: pack.ptr, count: pack.size), to: packs, at: path)
    pending.removeAll()
  }

  private mutating func add(_ id: git_oid) {
    guard known.insert(id.hex).inserted else { return }
    var id = id
    if git_odb_exists_ext(disk.pointer, &id, GIT_ODB_LOOKUP_NO_REFRESH.rawValue) == 0 { pending.append(id) }
  }

  private static func builder(on tree: consuming Handle, owner: OpaquePointer) throws -> Handle {
    let source = tree.pointer
    return try Handle("building a tree", free: git_treebuilder_free) { git_treebuilder_new($0, owner, source) }
  }
}
