import Foundation

/// A file's bytes, read by the system when they are touched.
public final class MappedFile: @unchecked Sendable {
  /// Where the file lies.
  public let path: String
  /// All bytes; valid as long as this object lives.
  public let bytes: UnsafeRawBufferPointer

  /// Maps a regular file.
  ///
  /// - Throws: `FileError` if it is missing, unreadable or no regular file.
  public init(path: String) throws(FileError) {
    self.path = path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(action: "open", path: path, errno: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError(action: "examine", path: path, errno: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw FileError(action: "map", path: path, errno: status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL)
    }
    guard status.st_size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let size = Int(status.st_size)
    guard let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
      throw FileError(action: "map", path: path, errno: errno)
    }
    bytes = UnsafeRawBufferPointer(start: address, count: size)
  }

  /// Lets go of the memory behind some bytes: they are read again from the file if they are touched again.
  ///
  /// Weights are copied out of the file as they are packed; without this each would be in memory twice.
  public func release(_ range: Range<Int>) {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let begin = (range.lowerBound + page - 1) / page * page
    let end = min(range.upperBound, bytes.count) / page * page
    guard begin < end, let address = bytes.baseAddress else { return }
    // Refused, the pages stay: no harm but memory.
    _ = madvise(UnsafeMutableRawPointer(mutating: address + begin), end - begin, MADV_DONTNEED)
  }

  /// Takes all bytes into a digest, holding few of them in memory at a time.
  public func hash(into hasher: inout Digest.Hasher) {
    let step = 8 << 20
    for begin in stride(from: 0, to: bytes.count, by: step) {
      let range = begin..<min(begin + step, bytes.count)
      hasher.update(UnsafeRawBufferPointer(rebasing: bytes[range]))
      release(range)
    }
  }

  deinit {
    if let address = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: address), bytes.count) }
  }
}
