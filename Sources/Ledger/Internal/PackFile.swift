import CGit2
import Foundation

/// Puts a pack and its index among a repository's objects.
enum PackFile {
  /// Small enough that libgit2, which reserves only the last page of what it is given and then writes through a memory
  /// map, meets a full disk as an error; a larger piece would leave pages unreserved and end the process by a signal.
  private static let piece = 4096

  /// Writes and indexes a pack; it appears under its name when both are whole.
  ///
  /// - Throws: ``LedgerError/diskFull(path:reason:)``, ``LedgerError/readOnly(path:reason:)``.
  static func write(_ pack: UnsafeRawBufferPointer, to folder: String, at repository: String) throws {
    if mkdir(folder, 0o777) != 0, errno != EEXIST {
      let reason = String(cString: strerror(errno))
      throw [ENOSPC, EDQUOT].contains(errno)
        ? LedgerError.diskFull(path: repository, reason: reason)
        : LedgerError.readOnly(path: repository, reason: reason)
    }
    let indexer = try Handle("writing a pack", at: repository, free: git_indexer_free) { out in
      git_indexer_new(out, folder, 0, nil, nil)
    }
    var progress = git_indexer_progress()
    var rest = pack[...]
    while !rest.isEmpty {
      let next = rest.prefix(piece)
      let bytes = UnsafeRawBufferPointer(rebasing: next)
      let code = git_indexer_append(indexer.pointer, bytes.baseAddress, bytes.count, &progress)
      try Git2.check(code, "writing a pack", at: repository)
      rest = rest.dropFirst(piece)
    }
    try Git2.check(git_indexer_commit(indexer.pointer, &progress), "indexing a pack", at: repository)
  }
}
