import Foundation
import Ledger
import Tensor
import Testing

@Suite struct UnwritableTests {
  @Test("A read-only object folder gives an error that says so, and nothing is half-written.")
  func readOnlyObjects() throws {
    let sample = try Sample()
    let ledger = try sample.ledger()
    let before = try sample.folder.contents(of: ".git")
    _ = try Git.run(["chmod", "-R", "a-w", ".git/objects"], in: sample.url)
    defer { _ = try? Git.run(["chmod", "-R", "u+w", ".git/objects"], in: sample.url) }
    let error = #expect(throws: LedgerError.self) {
      try asOrdinaryUser { try ledger.record(experiment: "a", files: ["x": bytes("1")], message: .init(subject: "a")) }
    }
    guard case .readOnly = try #require(error) else {
      Issue.record("expected a read-only repository, found \(String(describing: error))")
      return
    }
    #expect(try sample.folder.contents(of: ".git") == before)
  }

  @Test("Read-only references give the same error, and the branch stays as it was.")
  func readOnlyReferences() throws {
    let sample = try Sample()
    let ledger = try sample.ledger()
    _ = try Git.run(["chmod", "-R", "a+w", ".git/objects"], in: sample.url)
    _ = try Git.run(["chmod", "-R", "a-w", ".git/refs"], in: sample.url)
    defer { _ = try? Git.run(["chmod", "-R", "u+w", ".git/refs"], in: sample.url) }
    let error = #expect(throws: LedgerError.self) {
      try asOrdinaryUser { try ledger.record(experiment: "a", files: ["x": bytes("1")], message: .init(subject: "a")) }
    }
    guard case .readOnly = try #require(error) else {
      Issue.record("expected a read-only repository, found \(String(describing: error))")
      return
    }
    #expect(try ledger.head() == nil)
    #expect(try sample.isSound())
  }

  @Test("A file in a folder that may not be written stays as it was, and the error says whose permissions to change.")
  func readOnlyFolder() throws {
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "file")
    try AtomicFile.write(bytes("old"), to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.url.path)
    defer { try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.url.path) }
    let error = #expect(throws: FileError.self) {
      try asOrdinaryUser { try AtomicFile.write(bytes("new"), to: file) }
    }
    #expect(error?.isDenied == true)
    #expect(error?.description.contains(folder.url.path) == true)
    #expect(try Data(contentsOf: file) == bytes("old"))
  }

  @Test("Wherever the disk becomes full the error says so, older records stay whole, and room makes it work again.")
  func fullDisk() throws {
    guard let disk = try SmallDisk(kilobytes: 1024) else {
      // Only root may mount one; a limit on file sizes would strike every other test of this process.
      try #require(geteuid() != 0, "root could not mount a small disk")
      return
    }
    defer { disk.unmount() }
    let git = Git(folder: disk.url)
    try git("init", "-q", "-b", "main", ".")
    let ledger = Ledger(try Repository.discover(from: disk.url))
    try ledger.record(experiment: "old", files: ["x": bytes("kept")], message: .init(subject: "old"))
    let head = try ledger.head()
    var failures = 0
    var noise = SystemRandomNumberGenerator()
    let words = (0..<180_000).map { _ in UInt64.random(in: 0...UInt64.max, using: &noise) }
    let incompressible = words.withUnsafeBytes { Data($0) }
    // Sizes around what is left, so that every stage of writing meets the end of the disk.
    for kilobytes in stride(from: 700, through: 1400, by: 25) {
      let data = incompressible.prefix(kilobytes * 1024)
      do {
        try ledger.record(experiment: "new", files: ["big": data], message: .init(subject: "new"))
        try git("update-ref", "refs/heads/results", try #require(head).hex)
        try git("-c", "gc.reflogExpire=now", "-c", "gc.reflogExpireUnreachable=now", "gc", "-q", "--prune=now")
      } catch let error as LedgerError {
        guard case .diskFull = error else { throw error }
        failures += 1
        #expect(try ledger.head() == head)
        let packs = try FileManager.default.contentsOfDirectory(atPath: disk.url.path + "/.git/objects/pack")
        #expect(packs.allSatisfy { $0.hasSuffix(".pack") || $0.hasSuffix(".idx") || $0.hasSuffix(".rev") })
      }
    }
    #expect(failures > 10)
    #expect(try ledger.files(experiment: "old") == ["x": bytes("kept")])
    try git("fsck", "--strict", "--full")
    try ledger.record(experiment: "new", files: ["small": bytes("fits")], message: .init(subject: "new"))
    #expect(try ledger.files(experiment: "new") == ["small": bytes("fits")])

    let cache = Cache(project: disk.url)
    #expect(throws: FileError.self) { try cache.store(Data(repeating: 7, count: 2 << 20)) }
    let left = try FileManager.default.subpathsOfDirectory(atPath: cache.folder.path).filter { $0.hasSuffix(".tmp") }
    #expect(left == [])
  }
}

/// A file system in memory with little room.
private struct SmallDisk {
  let url: URL

  init?(kilobytes: Int) throws {
    url = try TemporaryFolder().url
    guard geteuid() == 0 else { return nil }
    let options = "size=\(kilobytes)k,mode=755"
    let mounted = try? Git.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", url.path], in: URL(filePath: "/"))
    if mounted == nil { return nil }
  }

  func unmount() { _ = try? Git.run(["umount", "-l", url.path], in: URL(filePath: "/")) }
}
