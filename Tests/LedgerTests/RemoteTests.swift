import Foundation
import Ledger
import Testing

@Suite struct RemoteTests {
  @Test("Results go to a bare remote and come back from it; what would lose records is refused with what to do.")
  func roundTrip() throws {
    let (mine, bare, other) = (try Sample(), try TemporaryFolder(), try TemporaryFolder())
    _ = try Git.run(["git", "clone", "-q", "--bare", mine.url.path, bare.url.path], in: mine.url)
    _ = try Git.run(["git", "clone", "-q", bare.url.path, other.url.path], in: mine.url)
    try mine.git("remote", "add", "origin", bare.url.path)
    let ledger = try mine.ledger()
    let theirs = Ledger(try Repository.discover(from: other.url))
    #expect(throws: LedgerError.self, "there is no branch yet") { try theirs.fetch(from: "origin") }
    try ledger.record(experiment: "a", files: ["x": bytes("1")], message: .init(subject: "a"))
    #expect(try ledger.push(to: "origin") == nil, "the remote had no such branch")
    #expect(try ledger.push(to: "origin") == 0)
    try ledger.record(experiment: "a", files: ["x": bytes("2")], message: .init(subject: "a"))
    #expect(try ledger.push(to: "origin") == 1)
    let fetched = try theirs.fetch(from: "origin")
    #expect(fetched == Fetched(branch: "origin/results", ahead: 2, behind: 0))
    let continued = try theirs.record(experiment: "b", files: ["x": bytes("1")], message: .init(subject: "b"))
    #expect(continued.continuedFrom == "origin/results")
    #expect(try theirs.push(to: "origin") == 1)
    try ledger.record(experiment: "c", files: ["x": bytes("1")], message: .init(subject: "c"))
    #expect(throws: LedgerError.diverged(branch: "results", remote: "origin")) { try ledger.push(to: "origin") }
    #expect(try ledger.fetch(from: "origin") == Fetched(branch: "origin/results", ahead: 1, behind: 1))
    let merged = try ledger.merge(try ledger.commit(named: "origin/results")) { _, _ in
      CommitMessage(subject: "merge")
    } choose: { _ in
      [:]
    }
    #expect(merged.taken == ["b"])
    #expect(try ledger.push(to: "origin") == 2)
    #expect(try Git(folder: bare.url)("rev-parse", "results") == merged.commit.hex)
  }

  @Test("What libgit2 cannot reach is told with the git command that can.")
  func unreachable() throws {
    let sample = try Sample()
    let ledger = try sample.ledger()
    try ledger.record(experiment: "a", files: ["x": bytes("1")], message: .init(subject: "a"))
    #expect(
      throws: LedgerError.remote(name: "origin", reason: "there are no remotes", command: "git remote add origin URL")
    ) {
      try ledger.push(to: "origin")
    }
    try sample.git("remote", "add", "origin", sample.url.path + "/nowhere.git")
    for attempt in [{ _ = try ledger.push(to: "origin") }, { _ = try ledger.fetch(from: "origin") }] {
      let error = #expect(throws: LedgerError.self) { try attempt() }
      #expect(error?.description.contains("With git: git ") == true)
    }
  }
}
