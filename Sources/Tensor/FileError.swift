import Foundation

/// What the system refused to do with a file.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A verb: open, write, rename.
  public let action: String
  /// The file or folder.
  public let path: String
  /// The system's error number.
  public let errno: Int32

  /// Names a refusal.
  public init(action: String, path: String, errno: Int32) {
    self.action = action
    self.path = path
    self.errno = errno
  }

  /// Whether no space (or quota) was left.
  public var isDiskFull: Bool { [ENOSPC, EDQUOT, EFBIG].contains(errno) }

  /// Whether the place may not be used so.
  public var isDenied: Bool { [EROFS, EACCES, EPERM].contains(errno) }

  /// What was refused, where and why, and what to do where that is known.
  public var description: String {
    "cannot \(action) \(path): \(String(cString: strerror(errno)))\(advice.map { "; \($0)" } ?? "")"
  }

  private var advice: String? {
    isDiskFull
      ? "free some space and run again" : isDenied ? "change its permissions, or work in a copy of your own" : nil
  }
}
