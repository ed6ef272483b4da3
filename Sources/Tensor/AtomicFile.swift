import Foundation
import Synchronization

/// Writes files so that a reader, or a machine that loses power, sees the old bytes or the new ones and never a mixture:
/// the bytes go to a file aside, are flushed to the disk, and then take the name.
public enum AtomicFile {
  private static let serial = Atomic<Int>(0)

  /// Writes `data` to a file.
  ///
  /// Missing folders are made. A symbolic link is followed, and an existing file's permissions are kept.
  ///
  /// - Throws: `FileError` if any step is refused; what was there stays.
  public static func write(_ data: some DataProtocol, to url: URL) throws(FileError) {
    try write(to: url) { (sink) throws(FileError) in
      for region in data.regions {
        let result = region.withUnsafeBytes { buffer in
          Result { () throws(FileError) in try sink.append(buffer) }
        }
        try result.get()
      }
    }
  }

  /// Writes what `body` appends to a file, as ``write(_:to:)``.
  ///
  /// - Throws: `FileError` if any step is refused, or what `body` throws; what was there stays.
  public static func write(to url: URL, _ body: (Sink) throws(FileError) -> Void) throws(FileError) {
    let target = url.resolvingSymlinksInPath()
    let folder = target.deletingLastPathComponent()
    try makeFolder(folder)
    // Its own short name: the target's may already be as long as the system allows.
    let number = serial.wrappingAdd(1, ordering: .relaxed).newValue
    let name = ".palimpsest-\(getpid())-\(number)-\(UInt32.random(in: 0...UInt32.max)).tmp"
    let aside = folder.appending(path: name).path
    do throws(FileError) {
      try fill(aside, for: target.path, body)
      guard rename(aside, target.path) == 0 else { throw refusal("replace", target.path) }
    } catch {
      unlink(aside)
      throw error
    }
    try flush(folder: folder.path)
  }

  /// Makes a folder and those above it; no error if it is there.
  ///
  /// - Throws: `FileError`.
  public static func makeFolder(_ folder: URL) throws(FileError) {
    if mkdir(folder.path, 0o777) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, folder.pathComponents.count > 1 else { throw refusal("make the folder", folder.path) }
    try makeFolder(folder.deletingLastPathComponent())
    guard mkdir(folder.path, 0o777) == 0 || errno == EEXIST else { throw refusal("make the folder", folder.path) }
  }

  /// Where the bytes of a file being written go.
  public struct Sink {
    fileprivate let descriptor: Int32
    fileprivate let path: String

    /// Appends bytes.
    ///
    /// - Throws: `FileError` if the system takes no more.
    public func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
      var rest = bytes
      while let address = rest.baseAddress, !rest.isEmpty {
        let written = Foundation.write(descriptor, address, min(rest.count, 1 << 30))
        if written < 0 {
          if errno == EINTR { continue }
          throw refusal("write", path)
        }
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
      }
    }

    /// Appends the bytes of numbers, as the machine keeps them.
    ///
    /// - Throws: `FileError` if the system takes no more.
    public func append<T: BitwiseCopyable>(contentsOf numbers: [T]) throws(FileError) {
      let result = numbers.withUnsafeBytes { buffer in
        Result { () throws(FileError) in try append(buffer) }
      }
      try result.get()
    }
  }

  private static func fill(
    _ aside: String, for target: String, _ body: (Sink) throws(FileError) -> Void
  ) throws(FileError) {
    let descriptor = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw refusal("write", target) }
    defer { close(descriptor) }
    var status = stat()
    if stat(target, &status) == 0 { fchmod(descriptor, status.st_mode & 0o777) }
    try body(Sink(descriptor: descriptor, path: target))
    guard fsync(descriptor) == 0 else { throw refusal("flush", target) }
  }

  private static func flush(folder: String) throws(FileError) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw refusal("open the folder", folder) }
    defer { close(descriptor) }
    // Some file systems cannot flush a folder and say so with EINVAL; there is nothing better to do on them.
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw refusal("flush the folder", folder) }
  }
}

private func refusal(_ action: String, _ path: String) -> FileError {
  FileError(action: action, path: path, errno: errno)
}
