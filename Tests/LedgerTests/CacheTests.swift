import Foundation
import Ledger
import Synchronization
import Tensor
import Testing

@Suite struct CacheTests {
  private final class Faults: Sendable {
    let all = Mutex<[CacheFault]>([])
    var kinds: [CacheFault.Kind] { all.withLock { $0.map(\.kind) } }
  }

  private func make() throws -> (TemporaryFolder, Cache, Faults) {
    let folder = try TemporaryFolder()
    let faults = Faults()
    return (folder, Cache(project: folder.url) { fault in faults.all.withLock { $0.append(fault) } }, faults)
  }

  @Test("What is stored loads again by its digest, and a result by its key, in this process and the next.")
  func roundTrip() throws {
    let (folder, cache, faults) = try make()
    let key = Digest(of: "key")
    #expect(cache.result(for: key) == nil)
    #expect(try cache.store(bytes("hello")) == Digest(of: "hello"))
    #expect(try cache.store(Data()) == Digest(of: ""))
    #expect(cache.load(Digest(of: "hello")) == bytes("hello"))
    #expect(cache.load(Digest(of: "")) == Data())
    try cache.setResult(bytes("one"), for: key)
    try cache.setResult(bytes("two"), for: key)
    #expect(Cache(project: folder.url).result(for: key) == bytes("two"))
    #expect(Cache(project: folder.url).result(for: Digest(of: "other")) == nil)
    #expect(faults.kinds == [])
    #expect(try Data(contentsOf: folder.url.appending(path: ".palimpsest/.gitignore")) == bytes("*\n"))
  }

  @Test("Any flipped bit is noticed: the entry is reported, removed, and absent until it is made again.")
  func flippedBit() throws {
    let (_, cache, faults) = try make()
    let key = Digest(of: "key")
    let data = bytes("twelve bytes")
    for bit in 0..<data.count * 8 {
      try cache.setResult(data, for: key)
      let file = cache.location(of: Digest(of: data))
      var damaged = data
      damaged[bit / 8] ^= 1 << (bit % 8)
      try damaged.write(to: file)
      #expect(cache.result(for: key) == nil)
      #expect(!FileManager.default.fileExists(atPath: file.path))
      #expect(faults.kinds.last == .altered(found: Digest(of: damaged)))
    }
    #expect(faults.kinds.count == data.count * 8)
    try cache.store(data)
    #expect(cache.load(Digest(of: data)) == data)
  }

  @Test("A damaged or borrowed index entry, and one whose bytes are gone, count as absent and are reported once.")
  func damagedIndex() throws {
    let (_, cache, faults) = try make()
    let key = Digest(of: "key")
    let other = Digest(of: "other")
    func index(_ key: Digest) -> URL {
      cache.folder.appending(path: "keys/\(key.hex.prefix(2))/\(key.hex.dropFirst(2))")
    }
    try cache.setResult(bytes("mine"), for: key)
    try cache.setResult(bytes("theirs"), for: other)
    try Data(contentsOf: index(other)).write(to: index(key))
    #expect(cache.result(for: key) == nil)
    try cache.setResult(bytes("mine"), for: key)
    try Data(try Data(contentsOf: index(key)).dropLast()).write(to: index(key))
    #expect(cache.result(for: key) == nil)
    #expect(faults.kinds == [.unreadableIndex, .unreadableIndex])

    try cache.setResult(bytes("mine"), for: key)
    try FileManager.default.removeItem(at: cache.location(of: Digest(of: "mine")))
    #expect(cache.result(for: key) == nil)
    #expect(cache.result(for: key) == nil)
    #expect(faults.kinds.dropFirst(2) == [.missing])
    #expect(cache.result(for: other) == bytes("theirs"))
  }

  @Test("Storing over a damaged entry repairs it.")
  func repair() throws {
    let (_, cache, faults) = try make()
    let digest = try cache.store(bytes("good"))
    try bytes("evil").write(to: cache.location(of: digest))
    #expect(try cache.store(bytes("good")) == digest)
    #expect(cache.load(digest) == bytes("good"))
    #expect(faults.kinds.count == 1)
  }

  @Test("Readers beside writers of the same keys see whole results only.")
  func concurrent() throws {
    let (folder, _, faults) = try make()
    let seen = try onThreads(8) { index in
      let cache = Cache(project: folder.url) { fault in faults.all.withLock { $0.append(fault) } }
      var seen: Set<Data> = []
      for round in 0..<10 {
        let key = Digest(of: "\(round % 3)")
        try cache.setResult(bytes(String(repeating: "\(index)", count: 5000)), for: key)
        if let found = cache.result(for: key) { seen.insert(found) }
      }
      return seen
    }
    let whole = Set((0..<8).map { bytes(String(repeating: "\($0)", count: 5000)) })
    #expect(seen.allSatisfy { !$0.isEmpty && $0.isSubset(of: whole) })
    #expect(faults.kinds == [])
    let left = try FileManager.default.subpathsOfDirectory(atPath: folder.url.path).filter { $0.hasSuffix(".tmp") }
    #expect(left == [])
  }
}
