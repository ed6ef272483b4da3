import CGit2
import Foundation
import Tensor

/// Says, while a branch is moved, who moves it where: so that the lock of a process that was killed meanwhile can be told
/// from one that somebody holds.
///
/// git's lock file names no owner. Whoever moves a branch here holds a shared lock of the system's on a file beside, which
/// ends with its process, and leaves a note of the commit. Once nobody holds it, notes that are still there are those of
/// processes that died, and a lock with nothing in it, or with such a commit, is theirs.
struct UpdateNote: ~Copyable {
  private let descriptor: CInt
  private let note: URL

  /// Notes that a branch is about to be moved. Where nothing can be written, neither can the branch.
  init(to commit: git_oid, in repository: Repository) {
    let folder = Self.folder(of: repository)
    try? AtomicFile.makeFolder(folder)
    descriptor = Self.guardFile(folder)
    if descriptor >= 0 { flock(descriptor, LOCK_SH) }
    // Its own: who tries again what a dead process tried may come to the same commit.
    note = folder.appending(path: "\(commit.hex)-\(getpid())-\(UInt32.random(in: 0...UInt32.max))")
    let file = open(note.path(percentEncoded: false), O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
    if file >= 0 { close(file) }
  }

  /// Says that the lock is given back, or was never had.
  consuming func end() {}

  deinit {
    unlink(note.path(percentEncoded: false))
    if descriptor >= 0 { close(descriptor) }
  }

  /// Removes the lock of a branch if a process of ours left it when it was killed.
  static func clearAbandonedLock(of reference: String, in repository: Repository) {
    let folder = folder(of: repository)
    let descriptor = guardFile(folder)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))) ?? []
    let notes = names.filter { $0 != guardName }
    let lock = repository.commonDirectory.appending(path: "\(reference).lock").path(percentEncoded: false)
    var status = stat()
    guard !notes.isEmpty, stat(lock, &status) == 0, let held = FileManager.default.contents(atPath: lock) else {
      return
    }
    let commit = String(decoding: held, as: UTF8.self).trimmingCharacters(in: .newlines)
    // git writes its own right after it has made it.
    let isOld = Date.now.timeIntervalSince1970 - Double(status.st_mtim.tv_sec) > 1.5
    guard commit.isEmpty ? isOld : notes.contains(where: { $0.hasPrefix(commit) }) else { return }
    unlink(lock)
    for name in notes { unlink(folder.appending(path: name).path(percentEncoded: false)) }
  }

  private static let guardName = "guard"

  private static func folder(of repository: Repository) -> URL {
    repository.commonDirectory.appending(path: "palimpsest/updating", directoryHint: .isDirectory)
  }

  private static func guardFile(_ folder: URL) -> CInt {
    open(folder.appending(path: guardName).path(percentEncoded: false), O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
  }
}
