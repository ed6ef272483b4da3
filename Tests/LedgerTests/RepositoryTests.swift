import Foundation
import Ledger
import Testing

@Suite struct RepositoryTests {
  private let files = ["value": bytes("1")]
  private let message = CommitMessage(subject: "a: one")

  @Test("A repository is found from folders and files below it; outside of any, the error says what to run.")
  func discovery() throws {
    let sample = try Sample()
    let below = try Repository.discover(from: sample.url.appending(path: "experiments/one.md"))
    #expect(below == (try Repository.discover(from: sample.url)))
    #expect(below.workTree?.resolvingSymlinksInPath().path == sample.url.resolvingSymlinksInPath().path)
    let outside = try TemporaryFolder()
    let error = #expect(throws: LedgerError.self) { try Repository.discover(from: outside.url) }
    #expect(error == .notARepository(path: outside.url.path(percentEncoded: false)))
    #expect(error?.description.contains("palimpsest init") == true)
  }

  @Test("A bare repository, a linked worktree, a submodule and a detached or unborn HEAD all take records.")
  func kinds() throws {
    let bare = try Sample("--bare", commit: false)
    #expect(try bare.ledger().record(experiment: "a", files: files, message: message).isNew)
    #expect(try bare.ledger().repository.workTree == nil)

    let main = try Sample()
    let inner = try Sample()
    let beside = try TemporaryFolder()
    let tree = beside.url.appending(path: "tree")
    try main.git("worktree", "add", "-q", "--detach", tree.path)
    let linked = Ledger(try Repository.discover(from: tree))
    let recorded = try linked.record(experiment: "a", files: files, message: message)
    #expect(try main.ledger().head() == recorded.commit)
    #expect(linked.repository.commonDirectory == (try main.ledger().repository.commonDirectory))

    try main.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner.url.path, "module")
    let module = Ledger(try Repository.discover(from: main.url.appending(path: "module")))
    try module.record(experiment: "b", files: files, message: message)
    #expect(try main.ledger().experiments() == ["a"])

    try main.git("checkout", "-q", "--detach")
    #expect(try main.ledger().record(experiment: "c", files: files, message: message).isNew)
    let unborn = try Sample(commit: false)
    #expect(try unborn.ledger().record(experiment: "a", files: files, message: message).isNew)
    for sample in [bare, main, unborn] { #expect(try sample.isSound()) }
  }

  @Test("A fresh clone continues from the remote's branch, and says so once.")
  func clone() throws {
    let origin = try Sample()
    let first = try origin.ledger().record(experiment: "a", files: files, message: message)
    let folder = try TemporaryFolder()
    try origin.git("clone", "-q", origin.url.path, folder.url.appending(path: "c").path)
    let clone = Ledger(try Repository.discover(from: folder.url.appending(path: "c")))
    #expect(try clone.head() == first.commit)
    #expect(try clone.files(experiment: "a") == files)
    let equal = try clone.record(experiment: "a", files: files, message: message)
    #expect(equal.outcome == .unchanged(first.commit))
    #expect(equal.continuedFrom == "origin/results")
    let git = Git(folder: folder.url.appending(path: "c"))
    #expect(try git("rev-parse", "refs/heads/results") == first.commit.hex)
    let second = try clone.record(experiment: "b", files: files, message: .init(subject: "b"))
    #expect(second.continuedFrom == nil)
    #expect(try git("rev-parse", "results~1") == first.commit.hex)
    try git("push", "-q", "origin", "results")
    #expect(try origin.ledger().head() == second.commit)
  }

  @Test("A shallow clone takes records, and its history ends where the clone does.")
  func shallow() throws {
    let origin = try Sample()
    for value in 1...4 {
      try origin.ledger().record(
        experiment: "a", files: ["value": bytes("\(value)")], message: .init(subject: "a: \(value)"))
    }
    let folder = try TemporaryFolder()
    try origin.git(
      "clone", "-q", "--depth", "2", "--no-single-branch", "file://" + origin.url.path,
      folder.url.appending(path: "c").path)
    let clone = Ledger(try Repository.discover(from: folder.url.appending(path: "c")))
    try clone.record(experiment: "b", files: files, message: .init(subject: "b"))
    #expect(try clone.history().map(\.subject) == ["b", "a: 4", "a: 3"])
    #expect(try clone.history(experiment: "b").map(\.subject) == ["b"])
    let git = Git(folder: folder.url.appending(path: "c"))
    try git("fsck", "--strict")
    try git("push", "-q", "origin", "results")
    #expect(try origin.ledger().history().count == 5)
  }

  @Test("A SHA-256 repository is refused by name.")
  func sha256() throws {
    let sample = try Sample("--object-format=sha256")
    #expect(throws: LedgerError.sha256Unsupported(path: sample.url.path(percentEncoded: false))) {
      try sample.ledger()
    }
    #expect(throws: LedgerError.self) { try Repository.initialise(at: sample.url) }
  }

  @Test("A repository with reftables is refused by name.")
  func reftable() throws {
    let sample = try Sample()
    try sample.git("config", "core.repositoryFormatVersion", "1")
    try sample.git("config", "extensions.refStorage", "reftable")
    #expect(throws: LedgerError.reftableUnsupported(path: sample.url.path(percentEncoded: false))) {
      try sample.ledger()
    }
  }

  @Test("Another user's repository is refused, with the line that would trust it.", .enabled(if: geteuid() == 0))
  func foreign() throws {
    let sample = try Sample()
    _ = try Git.run(["chown", "-R", "12345", "."], in: sample.url)
    let error = #expect(throws: LedgerError.self) { try sample.ledger() }
    guard case .foreignOwner(let path) = try #require(error) else {
      Issue.record("expected a foreign owner, found \(String(describing: error))")
      return
    }
    #expect(path == sample.url.path)
    #expect(error?.description.contains("safe.directory \(sample.url.path)") == true)
  }

  @Test("A branch of something else than records is not written onto, here or where a remote has it.")
  func branchOfSources() throws {
    let sample = try Sample()
    let ledger = try sample.ledger()
    let run = ["status.json": bytes("{}")]
    try ledger.requireRecordable()
    try sample.git("branch", "results")
    let before = try ledger.head()
    let asked = #expect(throws: LedgerError.self) { try ledger.requireRecordable() }
    #expect(asked?.description.contains("git branch -m results NAME") == true)
    let tried = #expect(throws: LedgerError.self) {
      try ledger.record(experiment: "a", files: run, message: message)
    }
    #expect(tried == asked)
    #expect(try ledger.head() == before)
    let clone = try TemporaryFolder().url.appending(path: "clone")
    try sample.git("clone", "-q", sample.url.path, clone.path)
    let error = #expect(throws: LedgerError.self) {
      try Ledger(try Repository.discover(from: clone)).requireRecordable()
    }
    #expect(error?.description.contains("“origin/results”") == true)

    try sample.git("branch", "-m", "results", "mine")
    try ledger.register(experiment: "a", files: ["claims.json": bytes("[]")], message: .init(subject: "claims"))
    try ledger.requireRecordable()
    #expect(try ledger.record(experiment: "a", files: run, message: message).isNew)
    try ledger.requireRecordable()
    try sample.git("checkout", "-q", "results")
    let out = #expect(throws: LedgerError.self) { try ledger.requireRecordable() }
    #expect(out == .branchCheckedOut(branch: "results", worktree: sample.url.path(percentEncoded: false)))
  }

  @Test("A branch that is checked out, here or in a linked worktree, is not moved.")
  func checkedOut() throws {
    let sample = try Sample()
    let ledger = try sample.ledger()
    try ledger.record(experiment: "a", files: files, message: message)
    let head = try ledger.head()
    try sample.git("checkout", "-q", "results")
    let here = #expect(throws: LedgerError.self) {
      try ledger.record(experiment: "b", files: files, message: message)
    }
    #expect(here?.description.contains("is checked out at \(sample.url.path)") == true)
    try sample.git("checkout", "-q", "main")

    let beside = try TemporaryFolder()
    try sample.git("worktree", "add", "-q", beside.url.appending(path: "tree").path, "results")
    let there = #expect(throws: LedgerError.self) {
      try ledger.record(experiment: "b", files: files, message: message)
    }
    #expect(there?.description.contains(beside.url.appending(path: "tree").path) == true)
    #expect(try ledger.head() == head)
    try FileManager.default.removeItem(at: beside.url.appending(path: "tree"))
    #expect(try ledger.record(experiment: "b", files: files, message: message).isNew)

    let unborn = try Sample(commit: false)
    try unborn.git("symbolic-ref", "HEAD", "refs/heads/results")
    #expect(throws: LedgerError.self) {
      try unborn.ledger().record(experiment: "a", files: files, message: message)
    }
  }

  @Test("With nobody configured the record is signed neutrally and a note says so; git's configuration comes first.")
  func identity() throws {
    let sample = try Sample()
    let ledger = try sample.ledger()
    let neutral = try ledger.record(experiment: "a", files: files, message: message)
    #expect(neutral.identity == .neutral)
    #expect(neutral.identity.note?.contains("git config user.name") == true)
    #expect(
      try sample.git("log", "-1", "--format=%an <%ae> %cn <%ce>", "results")
        == "Palimpsest <palimpsest@localhost> Palimpsest <palimpsest@localhost>")
    try sample.git("config", "user.name", "Ada Lovelace")
    try sample.git("config", "user.email", "ada@example.org")
    let own = try ledger.record(experiment: "b", files: files, message: message)
    #expect([own.identity.name, own.identity.email] == ["Ada Lovelace", "ada@example.org"])
    #expect(own.identity.note == nil)
    #expect(try sample.git("log", "-1", "--format=%an <%ae>", "results") == "Ada Lovelace <ada@example.org>")
  }

  @Test("A revision is whatever git accepts; one that names nothing is an error that quotes it.")
  func revisions() throws {
    let sample = try Sample()
    let ledger = try sample.ledger()
    let first = try ledger.record(experiment: "a", files: files, message: message).commit
    let second = try ledger.record(experiment: "b", files: files, message: message).commit
    try sample.git("tag", "-a", "-m", "A tag", "paper", first.hex)
    for revision in ["results~1", "paper", first.short, first.hex] {
      #expect(try ledger.repository.commit(named: revision) == first)
    }
    #expect(try ledger.repository.commit(named: "results") == second)
    let error = #expect(throws: LedgerError.self) { try ledger.repository.commit(named: "nowhere~3") }
    #expect(error?.description.contains("“nowhere~3”") == true)
  }
}
