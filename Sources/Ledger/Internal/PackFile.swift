import CGit2
import Foundation

/// Puts a pack and its index among a repository's objects.
enum PackFile {
  /// Small enough that libgit2, which reserves only the last page of what it is given and then writes through a memory
  /// map, meets a full disk as an error; a larger piece would leave pages unreserved and end the process by a signal.
  private static let piece = 4096

  /// Writes and indexes a pack; it appears under its name when both are whole.
  ///
  /// Both are made in a folder of their own, by the name of git's quarantines, which `git prune` clears away if a process
  /// dies. Then they are moved, and whoever tidies up meanwhile must take neither for rubbish: `git gc` deletes an index
  /// without a pack, so the pack goes first; `git repack` (before 2.42) deletes each pack that was there when it began,
  /// after saving what it reads of them, and of a pack without an index it would save nothing, so a `.keep` says that
  /// this one stays until its index is there.
  ///
  /// - Parameter folder: the repository's folder of packs.
  /// - Throws: ``LedgerError/diskFull(path:reason:)``, ``LedgerError/readOnly(path:reason:)``.
  static func write(_ pack: UnsafeRawBufferPointer, to folder: String, at repository: String) throws {
    if mkdir(folder, 0o777) != 0, errno != EEXIST { throw failure(at: repository) }
    let objects = URL(filePath: folder, directoryHint: .isDirectory).deletingLastPathComponent()
    var template = Array(objects.appending(path: "tmp_objdir-incoming-XXXXXX").path(percentEncoded: false).utf8CString)
    guard mkdtemp(&template) != nil else { throw failure(at: repository) }
    let quarantine = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    defer { try? FileManager.default.removeItem(atPath: quarantine) }
    try index(pack, in: quarantine, at: repository)

    let files = ((try? FileManager.default.contentsOfDirectory(atPath: quarantine)) ?? [])
      .sorted { $0.hasSuffix(".pack") && !$1.hasSuffix(".pack") }
    let keep = "\(folder)/\(files.first?.replacing(".pack", with: "") ?? "").keep"
    let kept = open(keep, O_WRONLY | O_CREAT | O_CLOEXEC, 0o444)
    guard kept >= 0 else { throw failure(at: repository) }
    _ = Foundation.write(kept, mark, mark.utf8.count)
    close(kept)
    defer { unlink(keep) }
    for file in files {
      guard rename("\(quarantine)/\(file)", "\(folder)/\(file)") == 0 else { throw failure(at: repository) }
    }
    let descriptor = open(folder, O_RDONLY)
    if descriptor >= 0 {
      fsync(descriptor)
      close(descriptor)
    }
  }

  /// What our `.keep` files say, so that nobody's own are taken for them.
  private static let mark = "palimpsest\n"

  /// Gives back to `git gc` the packs of processes that were killed while they moved one: their `.keep` files, and what
  /// has no index. That takes a moment, so that after an hour it is certain.
  ///
  /// - Parameter folder: the repository's folder of packs.
  static func releaseAbandoned(in folder: URL) {
    let names = Set((try? FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))) ?? [])
    for name in names where name.hasSuffix(".keep") {
      let keep = folder.appending(path: name).path(percentEncoded: false)
      var status = stat()
      guard stat(keep, &status) == 0, Date.now.timeIntervalSince1970 - Double(status.st_mtim.tv_sec) > 3600,
        FileManager.default.contents(atPath: keep) == Data(mark.utf8)
      else { continue }
      let stem = name.dropLast(".keep".count)
      if !names.contains("\(stem).idx") { unlink(folder.appending(path: "\(stem).pack").path(percentEncoded: false)) }
      unlink(keep)
    }
  }

  private static func index(_ pack: UnsafeRawBufferPointer, in folder: String, at repository: String) throws {
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

  /// What the system's last error number says of a repository.
  private static func failure(at repository: String) -> LedgerError {
    let reason = String(cString: strerror(errno))
    return [ENOSPC, EDQUOT].contains(errno)
      ? .diskFull(path: repository, reason: reason) : .readOnly(path: repository, reason: reason)
  }
}
