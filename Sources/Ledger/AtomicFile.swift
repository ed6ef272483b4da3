import Foundation
import Synchronization

/// Writes files so that a reader, or a machine that loses power, sees the old bytes or the new ones and never a mixture.
public enum AtomicFile {
  private static let counter = Atomic<UInt64>(0)

  /// Writes `data` to a file aside, flushes it to the disk, and renames it over `url`; then flushes the folder.
  ///
  /// Missing folders are made. A symbolic link is followed, and an existing file's permissions are kept.
  ///
  /// - Throws: ``FileFailure`` if any step is refused; the file at `url` is then as it was.
  public static func write(_ data: Data, to url: URL) throws {
    let target = url.resolvingSymlinksInPath()
    let folder = target.deletingLastPathComponent()
    try makeFolder(folder)
    // Its own short name: the target's may already be as long as the system allows.
    let serial = counter.wrappingAdd(1, ordering: .relaxed).newValue
    let aside = folder.appending(path: ".palimpsest-\(getpid())-\(serial)-\(UInt32.random(in: 0...UInt32.max)).tmp")
    do {
      try fill(aside, with: data, permissions: permissions(of: target))
      guard rename(aside.path, target.path) == 0 else { throw failure("replace", target) }
    } catch {
      unlink(aside.path)
      throw error
    }
    try flush(folder: folder)
  }

  /// Makes a folder and those above it; no error if it is there.
  static func makeFolder(_ folder: URL) throws {
    if mkdir(folder.path, 0o777) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, folder.pathComponents.count > 1 else { throw failure("make the folder", folder) }
    try makeFolder(folder.deletingLastPathComponent())
    guard mkdir(folder.path, 0o777) == 0 || errno == EEXIST else { throw failure("make the folder", folder) }
  }

  private static func fill(_ url: URL, with data: Data, permissions: mode_t?) throws {
    let file = open(url.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw failure("create", url) }
    defer { close(file) }
    if let permissions { fchmod(file, permissions) }
    try data.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let written = Foundation.write(file, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { throw failure("write", url) }
        rest = rest.dropFirst(written)
      }
    }
    guard fsync(file) == 0 else { throw failure("flush", url) }
  }

  private static func flush(folder: URL) throws {
    let handle = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard handle >= 0 else { throw failure("open the folder", folder) }
    defer { close(handle) }
    // Some file systems cannot flush a folder and say so with EINVAL; there is nothing better to do on them.
    guard fsync(handle) == 0 || errno == EINVAL else { throw failure("flush the folder", folder) }
  }

  private static func permissions(of url: URL) -> mode_t? {
    var status = stat()
    return stat(url.path, &status) == 0 ? status.st_mode & 0o777 : nil
  }

  private static func failure(_ operation: String, _ url: URL) -> FileFailure {
    FileFailure(operation: operation, path: url.path, code: errno)
  }
}
