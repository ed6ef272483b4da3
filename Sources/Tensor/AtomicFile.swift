import Foundation
import Synchronization

/// Writes a file so that a reader, or a crash, sees the old content or the new one and never a part: the bytes go to a
/// file aside, are flushed to the disk, and then take the name.
public enum AtomicFile {
  private static let serial = Atomic<Int>(0)

  /// Writes `data` to `path`.
  ///
  /// - Throws: `FileError` if the disk is full or the directory cannot be written; what was there stays.
  public static func write(_ data: some DataProtocol, to path: String) throws(FileError) {
    try write(to: path) { (sink) throws(FileError) in
      for region in data.regions {
        let result = region.withUnsafeBytes { buffer in
          Result { () throws(FileError) in try sink.append(buffer) }
        }
        try result.get()
      }
    }
  }

  /// Writes what `body` appends to `path`.
  ///
  /// - Throws: `FileError`, or what `body` throws; what was there stays.
  public static func write(to path: String, _ body: (Sink) throws(FileError) -> Void) throws(FileError) {
    let number = serial.wrappingAdd(1, ordering: .relaxed).newValue
    let directory = (path as NSString).deletingLastPathComponent
    let name = (path as NSString).lastPathComponent
    let folder = directory.isEmpty ? "." : directory
    let aside = "\(folder)/.\(name).\(getpid()).\(number).part"
    let descriptor = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError(action: "write", path: path, errno: errno) }
    do throws(FileError) {
      try body(Sink(descriptor: descriptor, path: path))
      guard fsync(descriptor) == 0 else { throw FileError(action: "flush", path: path, errno: errno) }
    } catch {
      close(descriptor)
      unlink(aside)
      throw error
    }
    guard close(descriptor) == 0, rename(aside, path) == 0 else {
      let code = errno
      unlink(aside)
      throw FileError(action: "replace", path: path, errno: code)
    }
    // The name too must reach the disk. Some file systems cannot flush a directory, and lose nothing by it.
    let parent = open(folder, O_RDONLY | O_CLOEXEC)
    if parent >= 0 {
      fsync(parent)
      close(parent)
    }
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
          throw FileError(action: "write", path: path, errno: errno)
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
}
