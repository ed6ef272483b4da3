import Foundation
import Ledger
import Tensor
import Testing

@Suite struct CacheInventoryTests {
  private let folder: TemporaryFolder
  private let cache: Cache
  private let keys = (0..<5).map { Digest(of: "key \($0)") }

  /// Five results of 1,000 bytes, each used an hour after the one before, long ago.
  init() throws {
    folder = try TemporaryFolder()
    cache = Cache(project: folder.url)
    for (index, key) in keys.enumerated() {
      try cache.setResult(Data(repeating: UInt8(index), count: 1000), for: key)
    }
    for (index, key) in keys.enumerated() { try age("keys", key, to: 1_700_000_000 + 3600 * index) }
    for index in keys.indices {
      try age("objects", Digest(of: Data(repeating: UInt8(index), count: 1000)), to: 1_700_000_000)
    }
  }

  private func file(_ kind: String, _ digest: Digest) -> URL {
    cache.folder.appending(path: "\(kind)/\(digest.hex.prefix(2))/\(digest.hex.dropFirst(2))")
  }

  private func age(_ kind: String, _ digest: Digest, to seconds: Int) throws {
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: TimeInterval(seconds))], ofItemAtPath: file(kind, digest).path)
  }

  @Test("The least recently used results go first, until the rest fits; reading is using.")
  func order() throws {
    #expect(cache.kept().map(\.key) == keys.reversed())
    #expect(cache.kept().allSatisfy { $0.size == 1000 })
    _ = cache.result(for: keys[0])
    let cleared = cache.clear(downTo: 2500, grace: 0)
    #expect(cleared.results == 3 && cleared.left == 2000 && cleared.files == 6)
    #expect(keys.map { cache.result(for: $0) != nil } == [true, false, false, false, true])
    #expect(cache.clear(downTo: 2500, grace: 0).files == 0)
  }

  @Test("What was used just now stays whatever the limit, and so does what its writer has yet to name.")
  func grace() throws {
    _ = cache.result(for: keys[2])
    let unnamed = try cache.store(bytes("written, and not yet named"))
    let cleared = cache.clear(downTo: 0)
    #expect(cleared.results == 4)
    #expect(cache.result(for: keys[2]) != nil)
    #expect(cache.load(unnamed) != nil)
    #expect(cache.clear(downTo: 1 << 20, grace: -10).files == 1, "in time it goes, since nothing names it")
    #expect(cache.load(unnamed) == nil)
  }

  @Test("Bytes that two results share stay as long as one of them does.")
  func shared() throws {
    try cache.setResult(Data(repeating: 4, count: 1000), for: Digest(of: "another"))
    let cleared = cache.clear(downTo: 1000, grace: 60)
    #expect(cleared.results == 4 && cleared.left == 1000)
    #expect(cache.result(for: Digest(of: "another")) != nil)
  }

  @Test("A flipped bit is found, told and removed; the rest is whole.")
  func flipped() throws {
    var data = try Data(contentsOf: file("objects", Digest(of: Data(repeating: 1, count: 1000))))
    data[500] ^= 4
    try data.write(to: file("objects", Digest(of: Data(repeating: 1, count: 1000))))
    let (whole, faults) = Cache.verify(project: folder.url)
    #expect(whole == 4)
    #expect(faults.count == 1 && faults[0].description.contains("its work will be done again"))
    #expect(cache.result(for: keys[1]) == nil)
    #expect(Cache.verify(project: folder.url).faults.isEmpty)
  }

  @Test("Clearing while others read and write harms nobody: what is read is whole or absent.")
  func others() throws {
    let cache = cache
    let wrong = try onThreads(4) { thread -> Int in
      var wrong = 0
      for round in 0..<200 {
        let key = Digest(of: "\(round % 10)")
        let value = Data(repeating: UInt8(round % 10), count: 3000)
        if thread == 0 {
          _ = cache.clear(downTo: 8000, grace: -10)
        } else {
          try cache.setResult(value, for: key)
          if let found = cache.result(for: key), found != value { wrong += 1 }
        }
      }
      return wrong
    }
    #expect(wrong == [0, 0, 0, 0])
  }
}
