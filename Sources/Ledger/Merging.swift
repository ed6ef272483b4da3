import CGit2
import Foundation

/// Which side's record a merge takes where both have one of their own.
public enum MergeSide: String, Hashable, Sendable {
  /// The branch's.
  case ours
  /// The other's.
  case theirs
}

/// An experiment whose record changed on both sides of a merge.
public struct MergeCandidate: Sendable {
  /// The experiment.
  public let experiment: String
  /// The branch's record by path; `nil` if it has none.
  public let ours: [String: Data]?
  /// The other's record by path; `nil` if it has none.
  public let theirs: [String: Data]?
  /// The commit that made the branch's record.
  public let oursMade: Entry?
  /// The commit that made the other's record.
  public let theirsMade: Entry?

  /// From its parts.
  public init(
    experiment: String, ours: [String: Data]?, theirs: [String: Data]?, oursMade: Entry?, theirsMade: Entry?
  ) {
    self.experiment = experiment
    (self.ours, self.theirs) = (ours, theirs)
    (self.oursMade, self.theirsMade) = (oursMade, theirsMade)
  }
}

/// What became of a merge.
public struct Merged: Hashable, Sendable {
  /// What was done to the branch.
  public enum Outcome: Hashable, Sendable {
    /// The other's records were here already.
    case upToDate
    /// The branch had nothing of its own, and moved forward.
    case fastForward
    /// A commit holds both histories.
    case merged
  }

  /// What was done to the branch.
  public let outcome: Outcome
  /// Where the branch stands.
  public let commit: CommitID
  /// The experiments whose record came from the other side.
  public let taken: [String]
  /// The experiments that both sides had changed, with the side that was taken.
  public let chosen: [String: MergeSide]
}

extension Ledger {
  /// Brings another branch's records in, by record and never by line; both histories are kept.
  ///
  /// A record that one side alone changed is taken from that side. Where both did, `choose` is asked.
  ///
  /// - Parameters:
  ///   - other: The commit to merge.
  ///   - message: What to say, given what was taken and chosen.
  ///   - choose: Says whose record stands at the tip; throws if that is for people to decide.
  /// - Throws: ``LedgerError``, and what `choose` throws. The branch is then as it was.
  public func merge(
    _ other: CommitID, signer: Signer? = nil,
    message: (_ taken: [String], _ chosen: [String: MergeSide]) -> CommitMessage,
    choose: ([MergeCandidate]) throws -> [String: MergeSide]
  ) throws -> Merged {
    let reference = try reference()
    try repository.refuseCheckedOut(branch)
    let identity = try repository.identity()
    var backoff = Backoff(patience: patience)
    var lostRaces = 0
    while true {
      var staging = try Staging(repository)
      let tip = try Tip.of(branch, in: staging.repository)
      let (next, merged) = try plan(
        other.oid, onto: tip.start, staging: &staging, identity: identity, signer: signer, message: message,
        choose: choose)
      if let local = tip.local, git_oid.same(local, next) { return merged }
      switch try BranchUpdate.move(
        reference, from: tip.local, to: next, by: identity, note: "merge \(other.short)", in: staging.repository,
        of: repository)
      {
      case .moved: return merged
      case .lost, .locked:
        lostRaces += 1
        guard backoff.wait() else {
          throw LedgerError.branchContended(branch: branch, attempts: lostRaces, seconds: backoff.seconds)
        }
      }
    }
  }

  private func plan(
    _ other: git_oid, onto start: git_oid?, staging: inout Staging, identity: Identity, signer: Signer?,
    message: ([String], [String: MergeSide]) -> CommitMessage, choose: ([MergeCandidate]) throws -> [String: MergeSide]
  ) throws -> (git_oid, Merged) {
    func done(_ outcome: Merged.Outcome, _ id: git_oid) -> (git_oid, Merged) {
      (id, Merged(outcome: outcome, commit: CommitID(id), taken: [], chosen: [:]))
    }
    guard let start else { return done(.fastForward, other) }
    var (left, right, common) = (start, other, git_oid())
    let found = git_merge_base(&common, staging.repository.pointer, &left, &right) == 0
    if found, git_oid.same(common, other) { return done(.upToDate, start) }
    if found, git_oid.same(common, start) { return done(.fastForward, other) }

    let sides = try Sides(base: found ? common : nil, ours: start, theirs: other, in: staging.repository)
    let choices = sides.both.isEmpty ? [:] : try choose(candidates(sides, start, other, in: staging.repository))
    var tree = sides.root
    let theirs = sides.taken + choices.filter { $0.value == .theirs }.map(\.key)
    for name in theirs.sorted() { tree = try staging.put(name, sides.theirs[name], in: tree) }
    // What stands beside the records goes with them; what was registered on either side stays.
    tree = try staging.merge(.registered, sides, into: tree) { name in
      sides.asides(.registered).ours[name] == nil || !sides.asides(.registered).ourOwn.contains(name)
    }
    tree = try staging.merge(.source, sides, into: tree) { theirs.contains($0) }
    let id = try staging.commit(
      tree: tree, parents: [start, other], message: message(sides.taken, choices).text, by: identity, signer: signer)
    try staging.flush()
    return (id, Merged(outcome: .merged, commit: CommitID(id), taken: sides.taken, chosen: choices))
  }

  private func candidates(
    _ sides: Sides, _ ours: git_oid, _ theirs: git_oid, in repository: borrowing Handle
  ) throws -> [MergeCandidate] {
    func files(_ tree: git_oid?) throws -> [String: Data]? {
      guard let tree else { return nil }
      return try TreeReader.blobs(under: tree, in: repository)
        .mapValues { try TreeReader.content(of: $0, in: repository) }
    }
    return try sides.both.map { name in
      MergeCandidate(
        experiment: name, ours: try files(sides.ours[name]), theirs: try files(sides.theirs[name]),
        oursMade: try maker(of: name, at: CommitID(ours)),
        theirsMade: try maker(of: name, at: CommitID(theirs)))
    }
  }
}
