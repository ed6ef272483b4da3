import CGit2
import Foundation

/// A branch whose tree holds the latest record of every experiment, and whose history holds all earlier ones.
///
/// A record is a folder of files named after its experiment. Plain git reads it: `git log results -- <experiment>`,
/// `git show results:<experiment>/status.json`, `git diff results~1 results`.
///
///     let ledger = Ledger(try Repository.discover(from: folder))
///     let recorded = try ledger.record(
///       experiment: "harmfulness", files: ["status.json": status], message: .init(subject: "harmfulness: supported"))
public struct Ledger: Sendable {
  /// The repository that holds the branch.
  public let repository: Repository
  /// The branch, `results` by default.
  public let branch: String
  /// How long to contend with other writers before giving up.
  let patience: Duration

  /// The ledger on a branch, which need not exist yet.
  public init(_ repository: Repository, branch: String = "results", patience: Duration = .seconds(60)) {
    self.repository = repository
    self.branch = branch
    self.patience = patience
  }

  /// The newest record's commit: the local branch's, or a remote's if there is no local one yet; `nil` before the first.
  public func head() throws -> CommitID? {
    try Tip.of(branch, in: try repository.open()).start.map { CommitID($0) }
  }

  /// The experiments that have a record at a commit, sorted.
  ///
  /// - Parameters:
  ///   - commit: The commit; the newest if `nil`.
  ///   - path: Only those whose record holds this file; all if `nil`.
  public func experiments(at commit: CommitID? = nil, holding path: String? = nil) throws -> [String] {
    let repository = try repository.open()
    guard let root = try root(at: commit, in: repository) else { return [] }
    return try TreeReader.entries(of: root, in: repository).filter { entry in
      guard entry.isRecord, let path else { return entry.isRecord }
      return try TreeReader.file(path, under: entry.id, in: repository) != nil
    }.map(\.name).sorted()
  }

  /// The files of an experiment's record, by their paths inside it; `nil` if it has none at that commit.
  ///
  /// - Parameter commit: The commit; the newest if `nil`.
  public func files(experiment: String, at commit: CommitID? = nil) throws -> [String: Data]? {
    let repository = try repository.open()
    guard let tree = try tree(of: experiment, at: commit, in: repository) else { return nil }
    return try TreeReader.blobs(under: tree, in: repository)
      .mapValues { try TreeReader.content(of: $0, in: repository) }
  }

  /// The files of every experiment's record, in the order of their names.
  ///
  /// - Parameter commit: The commit; the newest if `nil`.
  public func records(at commit: CommitID? = nil) throws -> [(experiment: String, files: [String: Data])] {
    let repository = try repository.open()
    guard let root = try root(at: commit, in: repository) else { return [] }
    return try TreeReader.entries(of: root, in: repository).filter(\.isRecord).sorted { $0.name < $1.name }.map {
      entry in
      let files = try TreeReader.blobs(under: entry.id, in: repository)
      return (entry.name, try files.mapValues { try TreeReader.content(of: $0, in: repository) })
    }
  }

  /// One file of an experiment's record; `nil` if it is not there.
  public func file(_ path: String, of experiment: String, at commit: CommitID? = nil) throws -> Data? {
    let repository = try repository.open()
    guard let tree = try tree(of: experiment, at: commit, in: repository),
      let blob = try TreeReader.file(path, under: tree, in: repository)
    else { return nil }
    return try TreeReader.content(of: blob, in: repository)
  }

  /// The name that git gives to an experiment's folder, which depends on nothing but its files' names and bytes:
  /// equal if and only if two records are equal. `nil` if there is no record at that commit.
  public func treeName(of experiment: String, at commit: CommitID? = nil) throws -> String? {
    try tree(of: experiment, at: commit, in: try repository.open())?.hex
  }

  // MARK: - Inside

  func root(at commit: CommitID?, in repository: borrowing Handle) throws -> git_oid? {
    guard let id = try commit?.oid ?? Tip.of(branch, in: repository).start else { return nil }
    return try Self.root(of: id, in: repository)
  }

  static func root(of commit: git_oid, in repository: borrowing Handle) throws -> git_oid? {
    let commit = try Handle.commit(commit, in: repository)
    return git_commit_tree_id(commit.pointer)?.pointee
  }

  private func tree(of experiment: String, at commit: CommitID?, in repository: borrowing Handle) throws -> git_oid? {
    guard let root = try root(at: commit, in: repository) else { return nil }
    return try TreeReader.folder(experiment, in: root, of: repository)
  }
}

extension Ledger {
  /// The name that git would give to a folder of these files; nothing is written.
  public func treeName(ofFiles files: [String: Data]) throws -> String {
    var staging = try Staging(repository)
    return try staging.folder(of: files).hex
  }
}
