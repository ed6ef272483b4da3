import Foundation
import Ledger
import Testing

@Suite struct RecordingTests {
  static let files = [
    "experiment.md": bytes("# Does it?\n"), "status.json": bytes("{\"done\":true}\n"),
    "results/probe.json": bytes("{\"auroc\":0.93}\n"), "figures/probe.svg": bytes("<svg/>\n"), "empty": Data(),
  ]

  @Test("The first record is an orphan commit whose folder holds exactly the files.")
  func first() throws {
    let sample = try Sample()
    let ledger = try sample.ledger()
    #expect(try ledger.head() == nil)
    #expect(try ledger.experiments() == [])
    let recorded = try ledger.record(
      experiment: "harmfulness", files: Self.files,
      message: .init(subject: "harmfulness: supported", trailers: [.init("Source-Dirty", "no")]))
    #expect(recorded.isNew)
    #expect(try ledger.head() == recorded.commit)
    #expect(try sample.git("rev-list", "results") == recorded.commit.hex)
    #expect(try ledger.files(experiment: "harmfulness") == Self.files)
    #expect(try ledger.files(experiment: "other") == nil)
    #expect(try ledger.file("results/probe.json", of: "harmfulness") == Self.files["results/probe.json"])
    #expect(try ledger.experiments() == ["harmfulness"])
    let listed = try sample.git("ls-tree", "-r", "--name-only", "results:harmfulness").split(separator: "\n")
    #expect(Set(listed.map(String.init)) == Set(Self.files.keys))
    #expect(try sample.git("show", "results:harmfulness/results/probe.json") == "{\"auroc\":0.93}")
    #expect(try sample.git("log", "-1", "--format=%(trailers:key=Source-Dirty,valueonly)", "results") == "no")
    #expect(try sample.isSound())
  }

  @Test("All records are told at once, each with its files; experiments can be asked for by a file that they hold.")
  func allRecords() throws {
    let sample = try Sample()
    let ledger = try sample.ledger()
    #expect(try ledger.records().isEmpty)
    for (name, files) in [("b", Self.files), ("a", ["notes/x.txt": bytes("x")])] {
      try ledger.record(experiment: name, files: files, message: .init(subject: name))
    }
    let first = try #require(try ledger.history().last?.commit)
    let records = try ledger.records()
    #expect(records.map(\.experiment) == ["a", "b"])
    #expect(records.map(\.files) == [["notes/x.txt": bytes("x")], Self.files])
    #expect(try ledger.records(at: first).map(\.experiment) == ["b"])
    #expect(try ledger.experiments(holding: "notes/x.txt") == ["a"])
    #expect(try ledger.experiments(holding: "results/probe.json") == ["b"])
    #expect(try ledger.experiments(holding: "results").isEmpty && ledger.experiments(holding: "notes/y/x.txt").isEmpty)
    #expect(try ledger.file("notes/x.txt", of: "a") == bytes("x") && ledger.file("notes", of: "a") == nil)
  }

  @Test("An equal run gives no commit and writes nothing; a different one gives a commit on top.")
  func equalRun() throws {
    let sample = try Sample()
    let ledger = try sample.ledger()
    let first = try ledger.record(experiment: "a", files: Self.files, message: .init(subject: "a: first"))
    let before = try sample.folder.contents(of: ".git")
    let again = try ledger.record(
      experiment: "a", files: Self.files, message: .init(subject: "a: again", trailers: [.init("Host", "elsewhere")]))
    #expect(again.outcome == .unchanged(first.commit))
    #expect(try sample.folder.contents(of: ".git") == before)

    var changed = Self.files
    changed["status.json"] = bytes("{\"done\":false}\n")
    changed["figures/probe.svg"] = nil
    let second = try ledger.record(experiment: "a", files: changed, message: .init(subject: "a: moved"))
    #expect(second.outcome == .committed(try #require(try ledger.head())))
    #expect(try sample.git("rev-parse", "results~1") == first.commit.hex)
    #expect(try ledger.files(experiment: "a") == changed)
    #expect(try ledger.files(experiment: "a", at: first.commit) == Self.files)
    #expect(
      try sample.git("diff", "--name-status", "results~1", "results") == "D\ta/figures/probe.svg\nM\ta/status.json")
    #expect(try sample.isSound())
  }

  @Test("An experiment's tree depends on its files alone: not on the repository, the order, or the others.")
  func treeName() throws {
    let samples = [try Sample(), try Sample()]
    let one = try samples[0].ledger()
    let two = try samples[1].ledger()
    try two.record(experiment: "z", files: ["status.json": bytes("{}")], message: .init(subject: "z"))
    try one.record(experiment: "a", files: Self.files, message: .init(subject: "a"))
    try two.record(experiment: "b", files: Self.files, message: .init(subject: "b"))
    let name = try #require(try one.treeName(of: "a"))
    #expect(try two.treeName(of: "b") == name)
    #expect(try two.treeName(of: "z") != name)
    #expect(try two.treeName(of: "a") == nil)
    #expect(try samples[1].git("rev-parse", "results:b") == name)
  }

  @Test("Recording leaves the index, the work tree and the checked out branch as they were.")
  func workTree() throws {
    let sample = try Sample()
    let index = try Data(contentsOf: sample.url.appending(path: ".git/index"))
    try sample.ledger().record(experiment: "a", files: Self.files, message: .init(subject: "a"))
    #expect(try Data(contentsOf: sample.url.appending(path: ".git/index")) == index)
    #expect(try sample.git("status", "--porcelain") == "")
    #expect(try sample.git("symbolic-ref", "HEAD") == "refs/heads/main")
    #expect(try sample.git("ls-files") == "experiments/one.md")
  }

  @Test("Names in any script, long names and deep folders come back as they went in, and can be checked out.")
  func names() throws {
    let sample = try Sample()
    let ledger = try sample.ledger()
    let long = String(repeating: "ш", count: 127)
    let files = [
      "résultats/数値 – 値.json": bytes("1"), "\(long)/\(long)": bytes("2"), "a\\b\"c\td": bytes("3"),
      "1/2/3/4/5/6/7/8/9": bytes("4"),
    ]
    try ledger.record(experiment: "有害さ é \u{1F4DC}", files: files, message: .init(subject: "有害さ: 支持"))
    #expect(try ledger.files(experiment: "有害さ é \u{1F4DC}") == files)
    #expect(try ledger.experiments() == ["有害さ é \u{1F4DC}"])
    #expect(try ledger.history().map(\.subject) == ["有害さ: 支持"])
    let clone = try TemporaryFolder()
    try sample.git("clone", "-q", "--branch", "results", sample.url.path, clone.url.appending(path: "c").path)
    let checkedOut = clone.url.appending(path: "c/有害さ é \u{1F4DC}")
    #expect(try Data(contentsOf: checkedOut.appending(path: "résultats/数値 – 値.json")) == bytes("1"))
    #expect(try sample.isSound())
  }

  @Test(
    "Names that git or a checkout could not hold are refused before anything is written.",
    arguments: ["", ".", "..", ".git", ".GIT", "a/b", "nul\0", String(repeating: "x", count: 256)])
  func badNames(name: String) throws {
    let sample = try Sample()
    let ledger = try sample.ledger()
    #expect(throws: LedgerError.self) {
      try ledger.record(experiment: name, files: ["x": Data()], message: .init(subject: "x"))
    }
    let path = name == "a/b" ? "a//b" : "sub/\(name)"
    #expect(throws: LedgerError.self) {
      try ledger.record(experiment: "good", files: [path: Data()], message: .init(subject: "x"))
    }
    #expect(try ledger.head() == nil)
  }

  @Test("A file that would also be a folder, and a record without files, are refused.")
  func impossibleRecords() throws {
    let sample = try Sample()
    let ledger = try sample.ledger()
    let both = ["a": Data(), "a/b": Data()]
    let clash = #expect(throws: LedgerError.self) {
      try ledger.record(experiment: "x", files: both, message: .init(subject: "x"))
    }
    #expect(clash?.description.contains("“a” is a file of the same record") == true)
    #expect(throws: LedgerError.emptyRecord(experiment: "x")) {
      try ledger.record(experiment: "x", files: [:], message: .init(subject: "x"))
    }
    #expect(throws: LedgerError.invalidBranch(name: "no..good")) {
      try Ledger(ledger.repository, branch: "no..good")
        .record(experiment: "x", files: ["x": Data()], message: .init(subject: "x"))
    }
    #expect(try sample.git("for-each-ref", "--format=%(refname)") == "refs/heads/main")
  }

  @Test("A record of many and of large files is one pack.")
  func large() throws {
    let sample = try Sample()
    var files: [String: Data] = [:]
    for index in 0..<300 { files["results/\(index).json"] = bytes("{\"value\":\(index)}") }
    var random = SystemRandomNumberGenerator()
    let words = (0..<200_000).map { _ in UInt64.random(in: 0...UInt64.max, using: &random) }
    files["large.bin"] = words.withUnsafeBytes { Data($0) }
    let ledger = try sample.ledger()
    try ledger.record(experiment: "a", files: files, message: .init(subject: "a"))
    #expect(try ledger.files(experiment: "a") == files)
    let packs = try FileManager.default.contentsOfDirectory(atPath: sample.url.path + "/.git/objects/pack")
    #expect(packs.count { $0.hasSuffix(".pack") } == 1)
    #expect(packs.count == 2)
    #expect(try sample.isSound())
  }
}
