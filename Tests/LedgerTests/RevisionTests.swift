import Foundation
import Ledger
import Testing

@Suite struct RevisionTests {
  private func dated(_ sample: Sample, _ date: String, _ value: String) throws {
    let ledger = try sample.ledger()
    try ledger.record(experiment: "a", files: ["x": bytes(value)], message: .init(subject: value))
    let tree = try sample.git("rev-parse", "results^{tree}")
    let parents = try sample.git("log", "-1", "--format=%P", "results")
    let commit = try Git.run(
      [
        "env", "GIT_COMMITTER_DATE=\(date)", "GIT_AUTHOR_DATE=\(date)", "git", "-c", "user.name=x", "-c",
        "user.email=x@x",
      ]
        + ["commit-tree"] + (parents.isEmpty ? [] : ["-p", parents]) + ["-m", value, tree], in: sample.url)
    try sample.git("update-ref", "refs/heads/results", commit)
  }

  @Test("A date names the newest record made by then, whatever the reflog says, and in every clone alike.")
  func dates() throws {
    let sample = try Sample()
    try dated(sample, "2026-03-01T10:00:00Z", "one")
    try dated(sample, "2026-03-02T10:00:00Z", "two")
    try dated(sample, "2026-03-03T23:30:00+02:00", "three")
    let clone = try TemporaryFolder()
    _ = try Git.run(["git", "clone", "-q", sample.url.path, clone.url.path], in: sample.url)
    for ledger in [try sample.ledger(), Ledger(try Repository.discover(from: clone.url))] {
      func subject(_ revision: String) throws -> String? {
        try ledger.history(limit: 1, from: ledger.commit(named: revision)).first?.subject
      }
      #expect(try subject("2026-03-01") == "one")
      #expect(try subject("2026-03-02T09:59") == "one")
      #expect(try subject("2026-03-02T12:00+02:00") == "two")
      #expect(try subject("results@{2026-03-02}") == "two")
      #expect(try subject("@{2026-03-03T21:29Z}") == "two")
      #expect(try subject("2026-03-03 21:30:00") == "three")
      #expect(try subject("results~1@{2099-01-01}") == "two")
      #expect(try subject("results~2") == "one", "also where only the remote's branch is there")
      #expect(throws: LedgerError.nothingByThen(revision: "2026-02-28", path: ledger.repository.location.path + "/")) {
        try ledger.commit(named: "2026-02-28")
      }
      #expect(throws: LedgerError.self) { try ledger.commit(named: "2026-02-30") }
    }
  }

  @Test("What is registered stands beside the records, is told as such, and makes no record differ.")
  func registration() throws {
    let sample = try Sample()
    let ledger = try sample.ledger()
    let first = try ledger.register(experiment: "a", files: ["claims.json": bytes("[1]")], message: .init(subject: "r"))
    #expect(first.isNew)
    #expect(
      try !ledger.register(experiment: "a", files: ["claims.json": bytes("[1]")], message: .init(subject: "r")).isNew)
    #expect(try ledger.experiments() == [])
    #expect(try ledger.history() == [])
    #expect(try ledger.history(registrations: true).map(\.registered) == [["a"]])
    try ledger.record(
      experiment: "a", files: ["x": bytes("1")], source: bytes("patch"), message: .init(subject: "a"))
    let tree = try ledger.treeName(of: "a")
    #expect(try ledger.sourceDifference(of: "a") == bytes("patch"))
    #expect(try ledger.registration(of: "a") == ["claims.json": bytes("[1]")])
    #expect(
      try !ledger.record(
        experiment: "a", files: ["x": bytes("1")], source: bytes("other"), message: .init(subject: "a")
      )
      .isNew, "an equal record is equal, whatever else the work tree held")
    try ledger.record(experiment: "b", files: ["x": bytes("1")], message: .init(subject: "b"))
    #expect(try ledger.treeName(of: "a") == tree)
    #expect(try ledger.treeName(of: "b") == tree)
    try ledger.record(experiment: "a", files: ["x": bytes("2")], message: .init(subject: "a, clean"))
    #expect(try ledger.sourceDifference(of: "a") == nil)
    #expect(try sample.git("ls-tree", "--name-only", "results") == ".registered\na\nb")
    #expect(throws: LedgerError.self) {
      try ledger.record(experiment: ".registered", files: ["x": Data()], message: .init(subject: "x"))
    }
    #expect(try sample.isSound())
  }

  @Test(
    "The difference of a work tree is a patch that git applies: tracked and untracked, text and binary; large files are named."
  )
  func difference() throws {
    let sample = try Sample()
    let repository = try Repository.discover(from: sample.url)
    let experiments = [sample.url.appending(path: "experiments")]
    #expect(try repository.sourceDifference(untrackedIn: experiments) == nil)
    try sample.folder.write("# Another experiment\n", to: "experiments/one.md")
    try Data([0, 1, 2, 255]).write(to: sample.url.appending(path: "experiments/data.bin"))
    try Data(count: 2 << 20).write(to: sample.url.appending(path: "experiments/large.bin"))
    try sample.folder.write("not counted", to: "notes.txt")
    let patch = try #require(try repository.sourceDifference(untrackedIn: experiments))
    #expect(String(decoding: patch, as: UTF8.self).hasPrefix("# not held: experiments/large.bin, 2097152 bytes\n"))
    let other = try TemporaryFolder()
    _ = try Git.run(["git", "clone", "-q", sample.url.path, other.url.path], in: sample.url)
    try patch.write(to: other.url.appending(path: "p.patch"))
    try Git(folder: other.url)("apply", "p.patch")
    #expect(try other.contents(of: "experiments")["one.md"] == bytes("# Another experiment\n"))
    #expect(try other.contents(of: "experiments")["data.bin"] == Data([0, 1, 2, 255]))
    #expect(try other.contents(of: "experiments")["large.bin"] == nil)
  }
}
