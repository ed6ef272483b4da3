import Foundation

/// A file operation that the system refused.
public struct FileFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was tried, as in “write” or “rename”.
  public let operation: String
  /// The file or folder.
  public let path: String
  /// The system's error number (`errno`).
  public let code: Int32

  /// Whether no space (or quota) was left.
  public var isDiskFull: Bool { [ENOSPC, EDQUOT, EFBIG].contains(code) }

  /// Whether the place may not be written.
  public var isReadOnly: Bool { [EROFS, EACCES, EPERM].contains(code) }

  /// What was refused, where, why, and what to do next.
  public var description: String {
    let reason = String(cString: strerror(code))
    let advice =
      if isDiskFull {
        "Free some space and run again; the file was left as it was before."
      } else if isReadOnly {
        "Make the folder writable for you, or work in a copy of your own."
      } else {
        "The file was left as it was before."
      }
    return "could not \(operation) \(path): \(reason). \(advice)"
  }
}
