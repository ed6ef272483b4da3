import Foundation
import Ledger
import Testing

@Suite struct ConcurrencyTests {
  @Test("Eight writers at once, each with a first record to make, lose nothing and leave one line of history.")
  func writers() throws {
    let sample = try Sample()
    let ledgers = try (0..<8).map { _ in try sample.ledger() }
    let rounds = 4
    let recorded = try onThreads(8) { writer in
      try (0..<rounds).map { round in
        try ledgers[writer].record(
          experiment: "w\(writer)", files: ["value": bytes("\(writer) \(round)")],
          message: .init(subject: "w\(writer) round \(round)"))
      }
    }
    let history = try ledgers[0].history()
    #expect(history.count == 8 * rounds)
    #expect(Set(history.map(\.commit)) == Set(recorded.joined().map(\.commit)))
    #expect(history.dropLast().allSatisfy { $0.parents.count == 1 })
    #expect(history.last?.parents == [])
    for writer in 0..<8 {
      let own = try ledgers[0].history(experiment: "w\(writer)")
      #expect(own.map(\.subject) == (0..<rounds).reversed().map { "w\(writer) round \($0)" })
      for (entry, round) in zip(own, (0..<rounds).reversed()) {
        #expect(entry.experiments == ["w\(writer)"])
        let files = try ledgers[0].files(experiment: "w\(writer)", at: entry.commit)
        #expect(files == ["value": bytes("\(writer) \(round)")])
      }
    }
    #expect(try sample.isSound())
    #expect(!FileManager.default.fileExists(atPath: sample.url.path + "/.git/refs/heads/results.lock"))
  }

  @Test("Records, git's own updates of the same branch from other processes, and git gc go on side by side.")
  func processes() throws {
    let sample = try Sample()
    let ledger = try sample.ledger()
    try ledger.record(experiment: "start", files: ["x": Data()], message: .init(subject: "start"))
    // Another process that follows the same rule: build on the tip, then move the branch if it is still there.
    let outsider = """
      # Writing a loose object may fail while gc takes the folder away that it is to go to: then all is tried again.
      attempt() {
        old=$(git rev-parse refs/heads/results) || return 1
        blob=$(echo $1 | git hash-object -w --stdin) || return 1
        folder=$(printf '100644 blob %s\\tvalue\\n' $blob | git mktree) || return 1
        entries=$(git ls-tree $old) || return 1
        root=$( (echo "$entries" | grep -v "\t$2\\$" || true; printf '040000 tree %s\\t%s\\n' $folder $2) | git mktree) ||
          return 1
        new=$(git commit-tree -p $old -m "$3" $root) || return 1
        git update-ref refs/heads/results $new $old
      }
      for i in 1 2 3 4 5; do
        tries=0
        while ! attempt $1-$i $1 "$1 $i" 2>/dev/null; do
          tries=$((tries + 1))
          [ $tries -lt 2000 ] || { attempt $1-$i $1 "$1 $i"; exit 1; }
        done
      done
      """
    _ = try onThreads(6) { index in
      if index < 3 {
        for round in 1...5 {
          try sample.ledger().record(
            experiment: "in\(index)", files: ["value": bytes("\(round)")],
            message: .init(subject: "in\(index) \(round)"))
        }
      } else if index < 5 {
        _ = try Git.run(
          [
            "env", "GIT_AUTHOR_NAME=o", "GIT_AUTHOR_EMAIL=o@x", "GIT_COMMITTER_NAME=o", "GIT_COMMITTER_EMAIL=o@x",
            "sh", "-c", outsider, "sh", "out\(index)",
          ], in: sample.url)
      } else {
        for _ in 1...3 { try sample.git("gc", "-q") }
      }
    }
    let subjects = try ledger.history().map(\.subject)
    let expected =
      ["start"] + (0..<3).flatMap { index in (1...5).map { "in\(index) \($0)" } }
      + (3..<5).flatMap { index in (1...5).map { "out\(index) \($0)" } }
    #expect(subjects.count == expected.count)
    #expect(Set(subjects) == Set(expected))
    #expect(try sample.isSound())
  }

  @Test("A pack that a killed process was moving is given back after an hour, and nobody else's.")
  func abandoned() throws {
    let sample = try Sample()
    let ledger = try sample.ledger()
    let packs = sample.url.appending(path: ".git/objects/pack")
    try ledger.record(experiment: "a", files: ["x": bytes("1")], message: .init(subject: "a"))
    let whole = try #require(
      try FileManager.default.contentsOfDirectory(atPath: packs.path).first { $0.hasSuffix(".idx") }?.dropLast(4))
    func keep(_ stem: some StringProtocol, _ text: String, age: TimeInterval) throws {
      let file = packs.appending(path: "\(stem).keep")
      try bytes(text).write(to: file)
      let date = Date(timeIntervalSinceNow: -age)
      try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: file.path)
    }
    for name in ["pack-old.pack", "pack-young.pack", "pack-other.pack"] {
      try bytes("PACK").write(to: packs.appending(path: name))
    }
    try keep(whole, "palimpsest\n", age: 4000)
    try keep("pack-old", "palimpsest\n", age: 4000)
    try keep("pack-young", "palimpsest\n", age: 60)
    try keep("pack-other", "fetch-pack 12 on here\n", age: 4000)
    ledger.repository.packIfPiledUp()
    let left = try FileManager.default.contentsOfDirectory(atPath: packs.path)
    #expect(
      left.filter { !$0.hasSuffix(".rev") }.sorted()
        == [
          "\(whole).idx", "\(whole).pack", "pack-other.keep", "pack-other.pack", "pack-young.keep", "pack-young.pack",
        ]
        .sorted())
    #expect(try ledger.history().count == 1)
  }

  @Test("A pack comes under a name that git keeps until its index is there, and never an index before its pack.")
  func packs() throws {
    let sample = try Sample()
    let events = inotify_init1(Int32(IN_NONBLOCK))
    defer { close(events) }
    let (moved, created, deleted) = (UInt32(IN_MOVED_TO), UInt32(IN_CREATE), UInt32(IN_DELETE))
    let folder = sample.url.path + "/.git/objects/pack"
    #expect(inotify_add_watch(events, folder, moved | created | deleted) > 0)
    try sample.ledger().record(experiment: "a", files: ["x": Data()], message: .init(subject: "a"))

    var bytes = [UInt8](repeating: 0, count: 65_536)
    var rest = bytes[..<max(0, read(events, &bytes, bytes.count))]
    var seen: [String] = []
    while rest.count >= 16 {
      let header = rest.prefix(16).withUnsafeBytes { $0.load(as: (Int32, UInt32, UInt32, UInt32).self) }
      let name = String(decoding: rest.dropFirst(16).prefix(Int(header.3)).prefix { $0 != 0 }, as: UTF8.self)
      seen.append((header.1 & deleted != 0 ? "-" : "+") + name.drop { $0 != "." })
      rest = rest.dropFirst(16 + Int(header.3))
    }
    #expect(seen == ["+.keep", "+.pack", "+.idx", "-.keep"])
  }

  @Test("A lock that nobody gives back ends in an error that names it, with nothing recorded.")
  func staleLock() throws {
    let sample = try Sample()
    let lock = sample.url.appending(path: ".git/refs/heads/results.lock")
    try Data().write(to: lock)
    let ledger = try sample.ledger(patience: .milliseconds(50))
    let error = #expect(throws: LedgerError.self) {
      try ledger.record(experiment: "a", files: ["x": Data()], message: .init(subject: "a"))
    }
    #expect(error?.description.contains(lock.path) == true)
    #expect(try ledger.head() == nil)
    try FileManager.default.removeItem(at: lock)
    #expect(try ledger.record(experiment: "a", files: ["x": Data()], message: .init(subject: "a")).isNew)
  }

  @Test("A lock that a killed process of ours left behind is told from one that somebody holds, and cleared.")
  func abandonedLock() throws {
    let sample = try Sample()
    let ledger = try sample.ledger(patience: .milliseconds(300))
    try ledger.record(experiment: "a", files: ["x": Data()], message: .init(subject: "a"))
    let lock = sample.url.appending(path: ".git/refs/heads/results.lock")
    let notes = sample.url.appending(path: ".git/palimpsest/updating")
    let dead = String(repeating: "1", count: 40)
    func leave(_ content: String, age: TimeInterval, note: String?) throws {
      try Data(content.utf8).write(to: lock)
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -age)], ofItemAtPath: lock.path)
      if let note { try Data().write(to: notes.appending(path: "\(note)-1-1")) }
    }
    // With the commit that it was about to name, or killed before it wrote that.
    for (value, content, age) in [("1", dead + "\n", 0.0), ("2", "", 10)] {
      try leave(content, age: age, note: dead)
      #expect(try ledger.record(experiment: "a", files: ["x": bytes(value)], message: .init(subject: "a")).isNew)
      #expect(!FileManager.default.fileExists(atPath: lock.path))
    }
    // Of git's own: with another commit, or made just now, or where none of ours has died.
    for (content, age, note) in [(String(repeating: "2", count: 40), 10.0, dead), ("", 0, dead), ("", 10, nil)] {
      try leave(content, age: age, note: note)
      #expect(throws: LedgerError.self) {
        try sample.ledger(patience: .milliseconds(100))
          .record(experiment: "a", files: ["x": bytes("3")], message: .init(subject: "a"))
      }
      #expect(FileManager.default.fileExists(atPath: lock.path))
      try? FileManager.default.removeItem(at: notes.appending(path: "\(dead)-1-1"))
    }
    try FileManager.default.removeItem(at: lock)
    let left = try FileManager.default.contentsOfDirectory(atPath: notes.path)
    #expect(left == ["guard"], "whoever moved the branch has taken its note away")
    #expect(try sample.isSound())
  }
}
