import Foundation
import Synchronization
import Tensor

/// Standard output. Every byte of a command goes this way, so that one that could not be written is an error.
enum Output {
  private static let pending = Mutex<[UInt8]>([])
  /// As much is held before it is written.
  private static let limit = 1 << 16

  /// Takes descriptors that whoever started the program has closed: else the next file that is opened, such as one of a
  /// repository, would be standard output. What is written there is refused.
  static func guardDescriptors() {
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) == -1 {
      // The lowest one that is free is taken, which is this one.
      _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }

  /// Appends bytes to what is to be written.
  ///
  /// - Throws: `FileError` if the system takes no more.
  static func append(_ bytes: some Sequence<UInt8>) throws(FileError) {
    try pending.withLock { (pending) throws(FileError) in
      pending += bytes
      if pending.count >= limit { try write(&pending) }
    }
  }

  /// Writes what was appended.
  ///
  /// - Throws: `FileError` if the system takes no more.
  static func flush() throws(FileError) {
    try pending.withLock { (pending) throws(FileError) in try write(&pending) }
  }

  private static func write(_ pending: inout [UInt8]) throws(FileError) {
    // What was refused once is not tried again.
    defer { pending.removeAll(keepingCapacity: true) }
    var start = 0
    while start < pending.count {
      let written = pending[start...].withUnsafeBytes { Foundation.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if written >= 0 {
        start += written
      } else if errno == EAGAIN {
        // Somebody who shares the descriptor has set it not to wait.
        var waiting = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
        poll(&waiting, 1, -1)
      } else if errno != EINTR {
        throw FileError(action: "write", path: "standard output", errno: errno)
      }
    }
  }
}
