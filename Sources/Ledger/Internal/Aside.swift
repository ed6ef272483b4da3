import CGit2
import Foundation

/// Folders of the ledger's tree that hold no records: what stands beside them, by experiment.
///
/// Their names begin with a dot, as no experiment's does, so that a record's own folder holds nothing that may differ
/// between equal runs.
enum Aside: String, CaseIterable {
  /// What the work tree held beyond its commit when a record was made.
  case source = ".source"
  /// What was claimed of an experiment before it ran.
  case registered = ".registered"

  /// Whether a folder at the root of a ledger's tree is one of these.
  static func holds(_ name: String) -> Bool { Aside(rawValue: name) != nil }
}

extension Staging {
  /// Stages a root tree with an experiment's files in a folder beside the records; without them if there are none.
  mutating func place(_ files: [String: Data]?, _ aside: Aside, _ experiment: String, in root: git_oid) throws
    -> git_oid
  {
    let old = try TreeReader.folder(aside.rawValue, in: root, of: repository)
    guard let files else {
      guard let old, try TreeReader.folder(experiment, in: old, of: repository) != nil else { return root }
      let rest = try tree(on: old, without: experiment)
      let isEmpty = try TreeReader.entries(of: rest, in: repository).isEmpty
      return isEmpty
        ? try tree(on: root, without: aside.rawValue)
        : try tree(on: root, entries: [(aside.rawValue, rest, GIT_FILEMODE_TREE)])
    }
    let folder = try tree(on: old, entries: [(experiment, try folder(of: files), GIT_FILEMODE_TREE)])
    return try tree(on: root, entries: [(aside.rawValue, folder, GIT_FILEMODE_TREE)])
  }
}

extension Ledger {
  /// What was said of an experiment before it ran, by path; `nil` if nothing was registered by that commit.
  public func registration(of experiment: String, at commit: CommitID? = nil) throws -> [String: Data]? {
    try aside(.registered, experiment, at: commit)
  }

  /// What the work tree held beyond the commit that a record names, as a patch; `nil` if nothing, as far as is known.
  public func sourceDifference(of experiment: String, at commit: CommitID? = nil) throws -> Data? {
    try aside(.source, experiment, at: commit)?["difference.patch"]
  }

  private func aside(_ aside: Aside, _ experiment: String, at commit: CommitID?) throws -> [String: Data]? {
    let repository = try repository.open()
    guard let root = try root(at: commit, in: repository),
      let folder = try TreeReader.folder(aside.rawValue, in: root, of: repository),
      let own = try TreeReader.folder(experiment, in: folder, of: repository)
    else { return nil }
    return try TreeReader.blobs(under: own, in: repository)
      .mapValues { try TreeReader.content(of: $0, in: repository) }
  }
}
