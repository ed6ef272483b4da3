import Foundation
import Ledger
import Tensor
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

  @Test("After a merge a record is attributed to the commit that made it, whichever side's clock was ahead.")
  func maker() throws {
    let sample = try Sample()
    let ledger = try sample.ledger()
    let base = try ledger.record(experiment: "a", files: ["x": bytes("1")], message: .init(subject: "base")).commit
    try ledger.record(experiment: "gone", files: ["x": bytes("1")], message: .init(subject: "gone"))
    let start = try #require(try ledger.head())
    // Three lines from one beginning: dates are the first's latest, and two of them equal.
    func line(_ name: String, _ date: String) throws -> String {
      try sample.git("read-tree", "--empty")
      let blob = try Git.run(["sh", "-c", "echo \(name) | git hash-object -w --stdin"], in: sample.url)
      try sample.git("update-index", "--add", "--cacheinfo", "100644,\(blob),a/x")
      let tree = try sample.git("write-tree")
      return try commit("\(name)", date, tree, start.hex)
    }
    func commit(_ subject: String, _ date: String, _ tree: String, _ parents: String...) throws -> String {
      try Git.run(
        [
          "env", "GIT_COMMITTER_DATE=\(date)", "GIT_AUTHOR_DATE=\(date)", "git", "-c", "user.name=x", "-c",
          "user.email=x@x", "commit-tree", "-m", subject, tree,
        ] + parents.flatMap { ["-p", $0] }, in: sample.url)
    }
    let dates = ["2040-01-01T00:00:00Z", "2039-01-01T00:00:00Z", "2039-01-01T00:00:00Z"]
    let lines = try zip(["one", "two", "three"], dates).map(line)
    for parents in [[0, 1], [1, 0], [1, 2], [2, 1], [0, 1, 2]] {
      for taken in parents {
        let tree = try sample.git("rev-parse", "\(lines[taken])^{tree}")
        let merge = try Git.run(
          ["git", "-c", "user.name=x", "-c", "user.email=x@x", "commit-tree", "-m", "merge", tree]
            + parents.flatMap { ["-p", lines[$0]] }, in: sample.url)
        let after = try commit("after", "2041-01-01T00:00:00Z", tree, merge)
        for tip in [merge, after] {
          let made = try ledger.maker(of: "a", at: try ledger.commit(named: tip))
          #expect(made?.commit.hex == lines[taken], "\(parents), of which \(taken) was taken")
        }
      }
    }
    #expect(try ledger.maker(of: "a")?.commit == base)
    #expect(try ledger.maker(of: "gone", at: try ledger.commit(named: lines[0]))?.subject == "one", "it was removed")
    #expect(try ledger.maker(of: "never") == nil)
    let own = try commit("own", dates[0], try sample.git("rev-parse", "\(start)^{tree}"), lines[0], lines[1])
    #expect(try ledger.maker(of: "a", at: try ledger.commit(named: own))?.subject == "own", "as on neither side")
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

  @Test("A folder's name cannot pass for what the index says of another commit.", arguments: [#"\n"#, #"\t"#])
  func forgery(separator: String) throws {
    let sample = try Sample()
    let ledger = try sample.ledger()
    func add(_ paths: [String], isFirst: Bool = false) throws {
      var stream = ""
      for (number, path) in paths.enumerated() {
        stream += "commit refs/heads/results\ncommitter C <c@example.org> \(1_700_000_000 + number) +0000\n"
        stream += "data 1\nx\n"
        if number == 0, !isFirst { stream += "from refs/heads/results^0\n" }
        stream += "M 100644 inline \(path)\ndata \(String(number).utf8.count)\n\(number)\n"
      }
      try Data(stream.utf8).write(to: sample.url.appending(path: "stream"))
      _ = try Git.run(["sh", "-c", "git fast-import --quiet --force < stream"], in: sample.url)
    }
    try sample.git("update-ref", "-d", "refs/heads/results")
    try add((0..<80).map { "e\($0 % 3)/x\($0)" }, isFirst: true)
    let before = try ledger.history()
    let victim = try #require(before.last).commit
    let forged = #"\t\t0\t0\t"# + separator + victim.hex + #"\t0\t\tforged\t\t0\t0\tForger"#
    try add([#""e0\#(forged)/x""#] + (0..<80).map { "e\($0 % 3)/y\($0)" })

    let read = try ledger.history(registrations: true)
    #expect(read.count == 161 && read.suffix(80) == before[...])
    #expect(try ledger.history(registrations: true) == read)
    let index = sample.url.appending(path: ".git/palimpsest/history")
    let kept = try Data(contentsOf: index)
    #expect(!String(decoding: kept, as: UTF8.self).contains("forged"))
    #expect(kept.split(separator: UInt8(ascii: "\n")).count == 1 + 160 + 1)
  }

  @Test("An index with a line that is no commit's counts as none, though its sum is right.")
  func malformed() throws {
    let sample = try Sample()
    let ledger = try sample.ledger()
    for number in 0..<70 {
      try ledger.record(experiment: "e", files: ["x": bytes("\(number)")], message: .init(subject: "\(number)"))
    }
    let read = try ledger.history()
    let index = sample.url.appending(path: ".git/palimpsest/history")
    let kept = try Data(contentsOf: index)
    let lines = String(decoding: kept, as: UTF8.self).split(separator: "\n").map(String.init)
    let fields = lines[9].split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    func line(_ place: Int, _ field: String) -> String {
      (fields[..<place] + [field] + fields[(place + 1)...]).joined(separator: "\t")
    }
    for other in [
      line(0, String(fields[0].dropLast())), line(0, fields[0].uppercased() + "g"), line(1, ""), line(1, "soon"),
      line(2, fields[2] + "/abc"), line(3, "e\u{1}"), line(4, "e\n" + fields[0]), line(5, "x"), line(6, "-"),
      fields[..<7].joined(separator: "\t"), fields[..<3].joined(separator: "\t"),
    ] {
      var damaged = Data((lines[..<9] + [other] + lines[10..<71]).map { $0 + "\n" }.joined().utf8)
      damaged += Data("\(Digest(of: damaged))\n".utf8)
      try damaged.write(to: index)
      #expect(try ledger.history() == read, "\(other)")
      #expect(try Data(contentsOf: index) == kept, "\(other)")
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
