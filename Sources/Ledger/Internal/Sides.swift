import CGit2

/// The folders of both sides of a merge, and of where they parted.
struct Sides {
  /// The folders beside the records, of both sides.
  struct Beside {
    var base: [String: git_oid] = [:]
    var ours: [String: git_oid] = [:]
    var theirs: [String: git_oid] = [:]
    /// The names that our side changed.
    var ourOwn: Set<String> {
      Set(Set(base.keys).union(ours.keys).filter { !git_oid.same(base[$0], ours[$0]) })
    }
  }

  /// The root of our side's tree.
  let root: git_oid
  let ours: [String: git_oid]
  let theirs: [String: git_oid]
  /// The experiments whose record the other side alone changed, sorted.
  let taken: [String]
  /// The experiments whose record both sides changed, each in its own way, sorted.
  let both: [String]
  private let beside: [Aside: Beside]

  init(base: git_oid?, ours: git_oid, theirs: git_oid, in repository: borrowing Handle) throws {
    let base = try base.map { try Self.folders(at: $0, in: repository) } ?? (root: nil, records: [:], beside: [:])
    let mine = try Self.folders(at: ours, in: repository)
    let other = try Self.folders(at: theirs, in: repository)
    guard let root = mine.root else {
      throw LedgerError.git(doing: "merging", code: -1, message: "the branch's tree cannot be read")
    }
    self.root = root
    (self.ours, self.theirs) = (mine.records, other.records)
    let names = Set(mine.records.keys).union(other.records.keys).union(base.records.keys).sorted()
    let theirChanges = names.filter { name in
      !git_oid.same(other.records[name], base.records[name]) && !git_oid.same(other.records[name], mine.records[name])
    }
    taken = theirChanges.filter { git_oid.same(mine.records[$0], base.records[$0]) }
    both = theirChanges.filter { !git_oid.same(mine.records[$0], base.records[$0]) }
    beside = Dictionary(
      uniqueKeysWithValues: Aside.allCases.map { aside in
        (
          aside,
          Beside(
            base: base.beside[aside] ?? [:], ours: mine.beside[aside] ?? [:], theirs: other.beside[aside] ?? [:])
        )
      })
  }

  func asides(_ aside: Aside) -> Beside { beside[aside] ?? Beside() }

  private static func folders(
    at commit: git_oid, in repository: borrowing Handle
  ) throws -> (root: git_oid?, records: [String: git_oid], beside: [Aside: [String: git_oid]]) {
    guard let root = try Ledger.root(of: commit, in: repository) else { return (nil, [:], [:]) }
    var records: [String: git_oid] = [:]
    var beside: [Aside: [String: git_oid]] = [:]
    for entry in try TreeReader.entries(of: root, in: repository) where entry.isFolder {
      if let aside = Aside(rawValue: entry.name) {
        beside[aside] = Dictionary(
          try TreeReader.entries(of: entry.id, in: repository).map { ($0.name, $0.id) }
        ) { first, _ in first }
      } else {
        records[entry.name] = entry.id
      }
    }
    return (root, records, beside)
  }
}

extension Staging {
  /// Stages a root tree in which a folder is another, or is gone.
  mutating func put(_ name: String, _ folder: git_oid?, in root: git_oid) throws -> git_oid {
    guard let folder else { return try tree(on: root, without: name) }
    return try tree(on: root, entries: [(name, folder, GIT_FILEMODE_TREE)])
  }

  /// Stages a root tree whose folder beside the records holds the other side's entries of some names.
  mutating func merge(_ aside: Aside, _ sides: Sides, into root: git_oid, take: (String) -> Bool) throws -> git_oid {
    let beside = sides.asides(aside)
    let names = Set(beside.ours.keys).union(beside.theirs.keys).filter { name in
      take(name) && !git_oid.same(beside.ours[name], beside.theirs[name])
    }
    guard !names.isEmpty else { return root }
    var folder = try TreeReader.folder(aside.rawValue, in: root, of: repository) ?? tree(entries: [])
    for name in names.sorted() { folder = try put(name, beside.theirs[name], in: folder) }
    let isEmpty = try TreeReader.entries(of: folder, in: repository).isEmpty
    return try put(aside.rawValue, isEmpty ? nil : folder, in: root)
  }
}
