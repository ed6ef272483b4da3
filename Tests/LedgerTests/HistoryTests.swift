import Foundation
import Ledger
import Testing

@Suite struct HistoryTests {
  @Test("History tells commit, author, message and which experiments changed, newest first.")
  func entries() throws {
    let sample = try Sample()
    let ledger = try sample.ledger()
    #expect(try ledger.history() == [])
    let message = CommitMessage(
      subject: "a: AUROC 0.91", body: ["early-mid: supported", "", "onset: layer 2"],
      trailers: [.init("Source-Commit", "abc"), .init("Time-Spent", "3.2 s")])
    let first = try ledger.record(experiment: "a", files: ["x": bytes("1")], message: message)
    try ledger.record(experiment: "b", files: ["x": bytes("1")], message: .init(subject: "b"))
    let third = try ledger.record(experiment: "a", files: ["x": bytes("2")], message: .init(subject: "a: AUROC 0.93"))
    let history = try ledger.history()
    #expect(history.map(\.subject) == ["a: AUROC 0.93", "b", "a: AUROC 0.91"])
    #expect(history.map(\.experiments) == [["a"], ["b"], ["a"]])
    let oldest = try #require(history.last)
    #expect(oldest.commit == first.commit)
    #expect(oldest.body == message.body)
    #expect(oldest.trailers == message.trailers)
    #expect(oldest.message["Time-Spent"] == "3.2 s")
    #expect(oldest.author == "Palimpsest")
    #expect(abs(oldest.date.timeIntervalSinceNow) < 600)
    #expect(try ledger.history(experiment: "a").map(\.commit) == [third.commit, first.commit])
    #expect(try ledger.history(limit: 2).count == 2)
    #expect(try ledger.history(from: first.commit).map(\.commit) == [first.commit])
  }

  @Test("Records are in the order in which they build on each other, even if the clock jumped back.")
  func clock() throws {
    let sample = try Sample()
    let ledger = try sample.ledger()
    try ledger.record(experiment: "a", files: ["x": bytes("1")], message: .init(subject: "one"))
    let tree = try sample.git("rev-parse", "results^{tree}")
    let past = try Git.run(
      [
        "env", "GIT_COMMITTER_DATE=2001-01-01T00:00:00Z", "GIT_AUTHOR_DATE=2001-01-01T00:00:00Z", "git", "-c",
        "user.name=x", "-c", "user.email=x@x", "commit-tree", "-p", "results", "-m", "two, long ago", tree,
      ], in: sample.url)
    try sample.git("update-ref", "refs/heads/results", past)
    try ledger.record(experiment: "a", files: ["x": bytes("3")], message: .init(subject: "three"))
    #expect(try ledger.history().map(\.subject) == ["three", "two, long ago", "one"])
    #expect(try ledger.history().map(\.experiments) == [["a"], [], ["a"]])
  }

  @Test("Two lines of history that were merged are each told once.")
  func merge() throws {
    let sample = try Sample()
    let ledger = try sample.ledger()
    let base = try ledger.record(experiment: "a", files: ["x": bytes("1")], message: .init(subject: "base")).commit
    try sample.git("branch", "other", base.hex)
    let other = Ledger(ledger.repository, branch: "other")
    let theirs = try other.record(experiment: "b", files: ["x": bytes("1")], message: .init(subject: "theirs")).commit
    let ours = try ledger.record(experiment: "c", files: ["x": bytes("1")], message: .init(subject: "ours")).commit
    let tree = try sample.git("rev-parse", "\(theirs)^{tree}")
    let merged = try sample.git("commit-tree", "-p", ours.hex, "-p", theirs.hex, "-m", "merge", tree)
    try sample.git("update-ref", "refs/heads/results", merged)
    let subjects = try ledger.history().map(\.subject)
    #expect(subjects.first == "merge")
    #expect(subjects.last == "base")
    #expect(subjects.sorted() == ["base", "merge", "ours", "theirs"])
  }

  @Test("A long history is told from its index as it is from its commits, and a damaged index counts as none.")
  func index() throws {
    let sample = try Sample()
    let ledger = try sample.ledger()
    let messages = [
      "one line", "a subject\n\na body\tapart by\ttabs\n\nKey: value\n",
      "carriage returns\r\n\r\nof another system\r\n",
      "ein Stück, 三", "", "\u{1}odd\u{2}", "lines\n\n\n\nfar apart\n\n",
    ]
    let authors = ["A <a@example.org>", "Ä\tB <>", " <c/d@example.org>"]
    var stream = ""
    for number in 0..<80 {
      let message = messages[number % messages.count]
      stream += "commit refs/heads/results\nmark :\(number + 1)\n"
      stream += "author \(authors[number % authors.count]) \(1_700_000_000 + number) -0230\n"
      stream +=
        "committer C <c@example.org> \(1_700_000_000 + 60 * number) +0000\ndata \(message.utf8.count)\n\(message)\n"
      if number > 0, number % 20 == 0 { stream += "merge :\(number - 3)\n" }
      stream += "M 100644 inline e\(number % 3)/x\ndata 2\n\(10 + number)\n"
      if number % 7 == 0 { stream += "M 100644 inline .registered/e\(number)/x\ndata 1\nx\n" }
    }
    let file = sample.url.appending(path: "stream")
    try Data(stream.utf8).write(to: file)
    try sample.git("update-ref", "-d", "refs/heads/results")
    _ = try Git.run(["sh", "-c", "git fast-import --quiet --force < stream"], in: sample.url)

    let read = try ledger.history(registrations: true)
    #expect(read.count == 80)
    let outside = try sample.git("log", "--format=%H %ad %an|%ae", "--date=raw", "results").split(separator: "\n")
    #expect(
      Set(read.map { "\($0.commit) \(Int($0.date.timeIntervalSince1970)) -0230 \($0.author)|\($0.email)" })
        == Set(outside.map(String.init)))
    #expect(read.allSatisfy { $0.offset == -150 })
    #expect(read.count { !$0.registered.isEmpty } == 12)
    let index = sample.url.appending(path: ".git/palimpsest/history")
    let kept = try Data(contentsOf: index)
    #expect(try ledger.history(registrations: true) == read)
    #expect(try Data(contentsOf: index) == kept, "nothing was to be added")
    var damaged = kept
    damaged[damaged.count / 2] ^= 1
    for other in [damaged, kept.dropLast(100), Data("palimpsest history 1\n".utf8), Data()] {
      try other.write(to: index)
      #expect(try ledger.history(registrations: true) == read)
      #expect(try Data(contentsOf: index) == kept, "written anew")
    }
  }

  @Test("Changes between two commits are each file added, modified or removed, with both sides.")
  func changes() throws {
    let sample = try Sample()
    let ledger = try sample.ledger()
    let old = try ledger.record(
      experiment: "a", files: ["same": bytes("="), "sub/moved": bytes("1"), "gone": bytes("x")],
      message: .init(subject: "a")
    ).commit
    try ledger.record(experiment: "b", files: ["x": bytes("1")], message: .init(subject: "b"))
    let new = try ledger.record(
      experiment: "a", files: ["same": bytes("="), "sub/moved": bytes("2"), "new": Data()],
      message: .init(subject: "a")
    ).commit
    let changes = try ledger.changes(from: old, to: new)
    #expect(changes.map { "\($0.experiment)/\($0.path)" } == ["a/gone", "a/new", "a/sub/moved", "b/x"])
    #expect(changes.map(\.kind) == [.removed, .added, .modified, .added])
    #expect(changes[2].before == bytes("1"))
    #expect(changes[2].after == bytes("2"))
    #expect(changes[1].after == Data())
    #expect(try ledger.changes(from: old, to: new, experiment: "b").count == 1)
    #expect(try ledger.changes(from: new, to: new) == [])
    #expect(try ledger.changes(from: nil, to: old).count == 3)
    let outside = try sample.git("diff", "--name-only", old.hex, new.hex)
    #expect(outside == changes.map { "\($0.experiment)/\($0.path)" }.joined(separator: "\n"))
  }
}
