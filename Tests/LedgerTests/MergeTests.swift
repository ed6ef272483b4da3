import Foundation
import Ledger
import Testing

@Suite struct MergeTests {
  private let sample: Sample
  private let ours: Ledger
  private let theirs: Ledger

  /// Two branches that parted when `a`, `b` and `gone` had a record.
  init() throws {
    sample = try Sample()
    ours = try sample.ledger()
    for name in ["a", "b", "gone"] {
      try ours.record(experiment: name, files: ["x": bytes("base")], message: .init(subject: name))
    }
    try sample.git("branch", "other", "results")
    theirs = Ledger(ours.repository, branch: "other")
  }

  private func merge(choosing side: MergeSide = .ours) throws -> Merged {
    let other = try #require(try theirs.head())
    return try ours.merge(other) { taken, chosen in
      CommitMessage(subject: "merge", body: taken + chosen.map { "\($0.key) \($0.value)" })
    } choose: { candidates in
      Dictionary(uniqueKeysWithValues: candidates.map { ($0.experiment, side) })
    }
  }

  @Test("Records that one side alone changed are taken from that side, and both histories are kept.")
  func disjoint() throws {
    let mine = try ours.record(experiment: "a", files: ["x": bytes("ours")], message: .init(subject: "ours")).commit
    try ours.register(experiment: "a", files: ["claims.json": bytes("ours")], message: .init(subject: "claims"))
    let other = try theirs.record(
      experiment: "b", files: ["x": bytes("theirs")], source: bytes("patch"), message: .init(subject: "theirs")
    ).commit
    try theirs.record(experiment: "new", files: ["x": bytes("new")], message: .init(subject: "new"))
    try theirs.register(experiment: "b", files: ["claims.json": bytes("theirs")], message: .init(subject: "claims"))
    let merged = try merge()
    #expect(merged.outcome == .merged && merged.taken == ["b", "new"] && merged.chosen.isEmpty)
    #expect(try ours.experiments() == ["a", "b", "gone", "new"])
    #expect(try ours.files(experiment: "a") == ["x": bytes("ours")])
    #expect(try ours.files(experiment: "b") == ["x": bytes("theirs")])
    #expect(try ours.sourceDifference(of: "b") == bytes("patch"))
    #expect(try ours.registration(of: "a") == ["claims.json": bytes("ours")])
    #expect(try ours.registration(of: "b") == ["claims.json": bytes("theirs")])
    let history = try ours.history()
    #expect(Set([mine, other]).isSubset(of: history.map(\.commit)))
    #expect(history.first?.experiments == [], "what was merged is told where it was recorded")
    #expect(try sample.git("log", "-1", "--format=%P", "results").split(separator: " ").count == 2)
    #expect(try merge().outcome == .upToDate)
    #expect(try sample.isSound())
  }

  @Test("A branch with nothing of its own moves forward, and one that is behind has nothing to merge.")
  func forward() throws {
    #expect(try merge().outcome == .upToDate)
    let other = try theirs.record(experiment: "b", files: ["x": bytes("2")], message: .init(subject: "b")).commit
    let merged = try merge()
    #expect(merged.outcome == .fastForward && merged.commit == other)
    #expect(try ours.head() == other)
  }

  @Test(
    "Where both sides changed a record somebody is asked, and the answer stands at the tip.",
    arguments: [MergeSide.ours, .theirs])
  func both(side: MergeSide) throws {
    try ours.record(experiment: "a", files: ["x": bytes("ours")], message: .init(subject: "ours"))
    try theirs.record(experiment: "a", files: ["x": bytes("theirs")], message: .init(subject: "theirs"))
    for ledger in [ours, theirs] {
      try ledger.record(experiment: "b", files: ["x": bytes("same")], message: .init(subject: "same"))
    }
    let merged = try merge(choosing: side)
    #expect(merged.chosen == ["a": side], "an equal record is no question")
    #expect(try ours.files(experiment: "a") == ["x": bytes(side.rawValue)])
    #expect(try ours.maker(of: "a")?.subject == side.rawValue)
    #expect(
      try Set(ours.history(experiment: "a").map(\.subject)) == ["a", "ours", "theirs"], "both stay in the history")
  }

  @Test("If nobody decides, nothing is merged.")
  func undecided() throws {
    struct Undecided: Error {}
    try ours.record(experiment: "a", files: ["x": bytes("ours")], message: .init(subject: "ours"))
    let other = try theirs.record(experiment: "a", files: ["x": bytes("theirs")], message: .init(subject: "t")).commit
    let before = try ours.head()
    #expect(throws: Undecided.self) {
      try ours.merge(other) { _, _ in
        CommitMessage(subject: "merge")
      } choose: { candidates in
        #expect(candidates.first?.oursMade?.subject == "ours")
        #expect(candidates.first?.theirs == ["x": bytes("theirs")])
        throw Undecided()
      }
    }
    #expect(try ours.head() == before)
  }

  @Test("Two histories that share no commit merge too.")
  func unrelated() throws {
    let other = try Sample()
    try other.ledger().record(experiment: "c", files: ["x": bytes("c")], message: .init(subject: "c"))
    try sample.git("fetch", "-q", other.url.path, "results:other", "--force")
    #expect(try merge().taken == ["c"])
    #expect(try ours.experiments() == ["a", "b", "c", "gone"])
  }
}
