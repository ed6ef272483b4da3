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

  /// Stages a tree that lacks one entry of another.
  mutating func tree(on base: git_oid, without name: String) throws -> git_oid {
    let builder = try Self.builder(on: Handle.tree(base, in: repository), owner: repository.pointer)
    try Git2.check(git_treebuilder_remove(builder.pointer, name), "taking “\(name)” out of a tree", at: path)
    var id = git_oid()
    try Git2.check(git_treebuilder_write(&id, builder.pointer), "staging a tree", at: path)
    add(id)
    return id
  }

  /// Stages a commit, signed if there is somebody to sign it.
  mutating func commit(tree: git_oid, parents: [git_oid], message: String, by identity: Identity, signer: Signer?)
    throws -> git_oid
  {
    let signature = try Signature(identity)
    let tree = try Handle.tree(tree, in: repository)
    var pointers: [OpaquePointer?] = []
    defer { pointers.forEach(git_commit_free) }
    for var parent in parents {
      var found: OpaquePointer?
      try Git2.check(git_commit_lookup(&found, repository.pointer, &parent), "reading commit \(parent.hex)", at: path)
      pointers.append(found)
    }
    var id = git_oid()
    if let signer {
      var content = git_buf()
      defer { git_buf_dispose(&content) }
      let code = git_commit_create_buffer(
        &content, repository.pointer, signature.author, signature.committer, nil, message, tree.pointer,
        parents.count, &pointers)
      try Git2.check(code, "staging a commit", at: path)
      let text = content.ptr.map { String(cString: $0) } ?? ""
      try Git2.check(
        git_commit_create_with_signature(&id, repository.pointer, text, try signer.signature(of: text), nil),
        "staging a signed commit", at: path)
    } else {
      let code = git_commit_create(
        &id, repository.pointer, nil, signature.author, signature.committer, nil, message, tree.pointer,
        parents.count, &pointers)
      try Git2.check(code, "staging a commit", at: path)
    }
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
