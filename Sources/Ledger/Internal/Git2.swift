import CGit2
import Foundation

/// The one door to libgit2: start it once, turn its codes into errors.
enum Git2 {
  private static let started: Bool = {
    git_libgit2_init()
    git_shim_enable_fsync()
    // As git does: what is read is held against its name by `git fsck`, and not each time; packs have sums of their own.
    git_shim_trust_hashes()
    return true
  }()

  /// Starts libgit2 if it has not been started. Every path to a libgit2 call comes through ``Handle`` or here.
  static func start() { _ = started }

  /// Throws what a negative code means.
  ///
  /// - Parameters:
  ///   - doing: What was tried, to read after “git failed while”.
  ///   - path: The repository, for errors that name it.
  static func check(_ code: CInt, _ doing: @autoclosure () -> String, at path: String = "") throws {
    if code < 0 { throw error(code, doing(), at: path) }
  }

  /// The typed error for a code; reads libgit2's message of this thread.
  static func error(_ code: CInt, _ doing: String, at path: String) -> LedgerError {
    let message = git_error_last().flatMap { $0.pointee.message }.map { String(cString: $0) } ?? "no reason given"
    // libgit2 keeps no error numbers, but ends its messages with the system's words for them.
    func ends(with codes: [CInt]) -> Bool {
      codes.contains { message.hasSuffix(String(cString: strerror($0))) }
    }
    return if code == GIT_EOWNER.rawValue {
      .foreignOwner(path: path)
    } else if ends(with: [ENOSPC, EDQUOT, EFBIG]) {
      .diskFull(path: path, reason: message)
    } else if ends(with: [EACCES, EROFS, EPERM]) {
      .readOnly(path: path, reason: message)
    } else {
      .git(doing: doing, code: Int(code), message: message)
    }
  }
}
