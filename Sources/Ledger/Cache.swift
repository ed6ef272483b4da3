import Foundation
import Tensor

/// Bytes kept under their digest, and results kept under the digest of what they were made from.
///
/// It lives in `.palimpsest/cache` of a project and may be deleted at any time. Entries are written aside and renamed,
/// so several processes may share it; every entry is checked when it is read, and a damaged one counts as absent.
///
///     let cache = Cache(project: folder)
///     if let known = cache.result(for: key) { return known }
///     try cache.setResult(compute(), for: key)
public struct Cache: Sendable {
  /// The folder that holds the cache: `<project>/.palimpsest/cache`.
  public let folder: URL
  private let onFault: @Sendable (CacheFault) -> Void

  /// The cache of the project in `folder`; nothing is written until something is stored.
  ///
  /// - Parameter onFault: Told of each damaged entry, on the thread that met it.
  public init(project folder: URL, onFault: @escaping @Sendable (CacheFault) -> Void = { _ in }) {
    self.folder = folder.appending(path: ".palimpsest/cache", directoryHint: .isDirectory)
    self.onFault = onFault
  }

  /// Keeps some bytes and returns the name to load them by. Storing what is there already costs only a check.
  ///
  /// - Throws: `FileError` if they cannot be written; no partial entry is left.
  @discardableResult
  public func store(_ data: Data) throws -> Digest {
    let digest = Digest(of: data)
    if load(digest) == nil { try write(data, to: location(of: digest)) }
    return digest
  }

  /// The bytes with this digest; `nil` if they are not here, or no longer are what was stored (then they are removed).
  public func load(_ digest: Digest) -> Data? {
    let file = location(of: digest)
    guard let data = read(file, for: digest) else { return nil }
    let found = Digest(of: data)
    guard found == digest else {
      drop(file, .init(digest: digest, path: file.path, kind: .altered(found: found)))
      return nil
    }
    return data
  }

  /// Where the bytes with this digest are, if they are: for readers that map them. Their digest is not checked.
  public func location(of digest: Digest) -> URL { entry("objects", digest) }

  /// The result that was kept under `key`; `nil` if there is none, or it is damaged.
  public func result(for key: Digest) -> Data? {
    let file = entry("keys", key)
    guard let index = read(file, for: key) else { return nil }
    guard let content = Self.content(of: index, key: key) else {
      drop(file, .init(digest: key, path: file.path, kind: .unreadableIndex))
      return nil
    }
    let isThere = access(location(of: content).path, F_OK) == 0
    guard let data = load(content) else {
      if isThere {
        unlink(file.path)  // load has reported the damage
      } else {
        drop(file, .init(digest: key, path: file.path, kind: .missing))
      }
      return nil
    }
    // What is used is told by the entry's time, so that the least recently used goes first.
    utimes(file.path, nil)
    return data
  }

  /// Keeps `data` as the result for `key`, in place of any earlier one.
  ///
  /// - Throws: `FileError` if it cannot be written; an earlier result is then still there.
  public func setResult(_ data: Data, for key: Digest) throws {
    let content = try store(data)
    try write(Data(Self.index(content, key: key).utf8), to: entry("keys", key))
  }

  func entry(_ kind: String, _ digest: Digest) -> URL {
    // 256 folders, so that none grows too long to list.
    folder.appending(path: "\(kind)/\(digest.hex.prefix(2))/\(digest.hex.dropFirst(2))")
  }

  /// An index entry: the content's digest, and a check that binds it to its key.
  private static func index(_ content: Digest, key: Digest) -> String {
    "\(content)\n\(Digest(of: "\(key) \(content)"))\n"
  }

  static func content(of index: Data, key: Digest) -> Digest? {
    guard let text = String(data: index, encoding: .utf8),
      let content = Digest(hex: String(text.prefix { $0 != "\n" })), text == Self.index(content, key: key)
    else { return nil }
    return content
  }

  private func read(_ file: URL, for digest: Digest) -> Data? {
    do {
      return try Data(contentsOf: file)
    } catch {
      // Absent is the common case and no fault.
      if access(file.path, F_OK) == 0 {
        onFault(.init(digest: digest, path: file.path, kind: .unreadable(reason: error.localizedDescription)))
      }
      return nil
    }
  }

  private func write(_ data: Data, to file: URL) throws {
    try ignoreByGit()
    try AtomicFile.write(data, to: file)
  }

  /// Keeps the whole of `.palimpsest` out of git, even where nobody has run `palimpsest init`.
  private func ignoreByGit() throws {
    let ignore = folder.deletingLastPathComponent().appending(path: ".gitignore")
    if access(ignore.path, F_OK) != 0 { try AtomicFile.write(Data("*\n".utf8), to: ignore) }
  }

  private func drop(_ file: URL, _ fault: CacheFault) {
    unlink(file.path)
    onFault(fault)
  }
}
