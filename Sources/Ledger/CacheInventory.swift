import Foundation
import Tensor

extension Cache {
  /// One result that is kept.
  public struct Kept: Hashable, Sendable {
    /// What it is kept under.
    public let key: Digest
    /// The digest of its bytes; `nil` if its entry cannot be read.
    public let content: Digest?
    /// Its size in bytes; 0 if the bytes are gone.
    public let size: Int
    /// When it was last stored or read.
    public let used: Date
  }

  /// What clearing removed.
  public struct Cleared: Hashable, Sendable {
    /// How many results.
    public let results: Int
    /// How many files in all.
    public let files: Int
    /// How many bytes.
    public let bytes: Int
    /// How many bytes are still there.
    public let left: Int
  }

  /// Every result that is kept, the most recently used first.
  public func kept() -> [Kept] {
    files("keys").compactMap { file in
      guard let key = Digest(hex: file.name) else { return nil }
      let content = (try? Data(contentsOf: file.url)).flatMap { Self.content(of: $0, key: key) }
      let size = content.flatMap { Self.status(location(of: $0))?.size } ?? 0
      return Kept(key: key, content: content, size: size, used: file.used)
    }.sorted { ($1.used, $0.key.hex) < ($0.used, $1.key.hex) }
  }

  /// How many bytes are kept.
  public func size() -> Int { files("objects").reduce(0) { $0 + $1.size } }

  /// Removes the least recently used results until no more than `limit` bytes are left, and what no result names.
  ///
  /// Other processes may run meanwhile: a result that goes before it is read is absent, and is made again; what was
  /// written within the last `grace` seconds stays, since its writer may not have named it yet.
  public func clear(downTo limit: Int, grace: TimeInterval = 600) -> Cleared {
    let young = Date(timeIntervalSinceNow: -grace)
    var (results, removed, bytes) = (0, 0, 0)
    func remove(_ url: URL, size: Int) {
      guard unlink(url.path(percentEncoded: false)) == 0 else { return }
      removed += 1
      bytes += size
    }
    var objects = Dictionary(files("objects").map { ($0.name, $0) }) { first, _ in first }
    var total = objects.values.reduce(0) { $0 + $1.size }
    var users = Dictionary(grouping: kept()) { $0.content?.hex ?? "" }
    for result in kept().reversed() where total > limit || result.size == 0 {
      guard result.used < young else { continue }
      remove(entry("keys", result.key), size: 0)
      results += 1
      guard let name = result.content?.hex else { continue }
      users[name]?.removeAll { $0.key == result.key }
      if users[name]?.isEmpty == true, let object = objects.removeValue(forKey: name) {
        total -= object.size
        remove(object.url, size: object.size)
      }
    }
    // What no result names any more, and what writers that died have left.
    for object in objects.values where (users[object.name] ?? []).isEmpty && object.used < young {
      total -= object.size
      remove(object.url, size: object.size)
    }
    // A file that is being written must not be taken from under its writer, however little grace results are given.
    let abandoned = Date(timeIntervalSinceNow: -max(grace, 600))
    for file in files("objects", unfinished: true) + files("keys", unfinished: true) where file.used < abandoned {
      remove(file.url, size: file.size)
    }
    return Cleared(results: results, files: removed, bytes: bytes, left: max(0, total))
  }

  /// Reads every result and every byte that is kept; damaged ones are removed and told.
  ///
  /// - Returns: how many results are whole, and what was damaged.
  public static func verify(project folder: URL) -> (whole: Int, faults: [CacheFault]) {
    let faults = FaultList()
    let cache = Cache(project: folder) { faults.add($0) }
    let whole = cache.kept().filter { cache.result(for: $0.key) != nil }.count
    for object in cache.files("objects") { if let digest = Digest(hex: object.name) { _ = cache.load(digest) } }
    return (whole, faults.all())
  }

  private struct File {
    let url: URL
    let name: String
    let size: Int
    let used: Date
  }

  /// The entries of a kind, or the files that a writer had not finished.
  private func files(_ kind: String, unfinished: Bool = false) -> [File] {
    let root = folder.appending(path: kind)
    let parts = (try? FileManager.default.contentsOfDirectory(atPath: root.path(percentEncoded: false))) ?? []
    return parts.flatMap { part -> [File] in
      let inside = root.appending(path: part, directoryHint: .isDirectory)
      let names = (try? FileManager.default.contentsOfDirectory(atPath: inside.path(percentEncoded: false))) ?? []
      return names.compactMap { name in
        let url = inside.appending(path: name)
        guard name.hasSuffix(".tmp") == unfinished, let status = Self.status(url) else { return nil }
        return File(url: url, name: part + name, size: status.size, used: status.used)
      }
    }
  }

  private static func status(_ url: URL) -> (size: Int, used: Date)? {
    var status = stat()
    guard stat(url.path(percentEncoded: false), &status) == 0 else { return nil }
    return (Int(status.st_size), Date(timeIntervalSince1970: TimeInterval(status.st_mtim.tv_sec)))
  }
}

/// Faults as they are met, on whatever thread.
private final class FaultList: @unchecked Sendable {
  private let lock = NSLock()
  private var faults: [CacheFault] = []

  func add(_ fault: CacheFault) { lock.withLock { faults.append(fault) } }
  func all() -> [CacheFault] { lock.withLock { faults } }
}
