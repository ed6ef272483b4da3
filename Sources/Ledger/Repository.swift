import CGit2
import Foundation

/// A git repository on this machine: ordinary, bare, a linked worktree, or a submodule.
///
/// It holds paths only. Each operation opens libgit2 afresh, so a value may be used from any thread and always sees
/// what other processes have written.
public struct Repository: Hashable, Sendable {
  /// The folder in which git keeps this work tree's state: `.git`, or `.git/worktrees/<name>` of a linked worktree.
  public let gitDirectory: URL
  /// The folder that all linked worktrees share: objects and branches live here.
  public let commonDirectory: URL
  /// The root of the work tree; `nil` in a bare repository.
  public let workTree: URL?

  /// Finds the repository that holds a folder or file, looking upwards as git does.
  ///
  /// - Throws: ``LedgerError/notARepository(path:)`` if there is none; ``LedgerError/sha256Unsupported(path:)``,
  ///   ``LedgerError/reftableUnsupported(path:)`` or ``LedgerError/foreignOwner(path:)`` if it cannot be used.
  public static func discover(from url: URL) throws -> Repository {
    let path = url.path(percentEncoded: false)
    Git2.start()
    var found: OpaquePointer?
    let code = git_repository_open_ext(&found, path, 0, nil)
    guard code == 0, let found else { throw refusal(code, path: path) }
    defer { git_repository_free(found) }
    func folder(_ text: UnsafePointer<CChar>?) -> URL? {
      text.map { URL(filePath: String(cString: $0), directoryHint: .isDirectory) }
    }
    guard let gitDirectory = folder(git_repository_path(found)) else {
      throw LedgerError.notARepository(path: path)
    }
    return Repository(
      gitDirectory: gitDirectory, commonDirectory: folder(git_repository_commondir(found)) ?? gitDirectory,
      workTree: folder(git_repository_workdir(found)))
  }

  /// Where people think of this repository as being.
  public var location: URL { workTree ?? gitDirectory }

  var path: String { location.path(percentEncoded: false) }

  /// A libgit2 handle of one's own.
  func open() throws -> Handle {
    let path = path
    return try Handle("opening \(path)", at: path, free: git_repository_free) {
      git_repository_open_ext($0, path, GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue, nil)
    }
  }

  /// The commit that a revision names: whatever `git rev-parse` takes, as `results~3`, a tag, or a short name.
  ///
  /// - Throws: ``LedgerError/unknownRevision(revision:path:)`` if it names none.
  public func commit(named revision: String) throws -> CommitID {
    let repository = try open()
    var object: OpaquePointer?
    defer { git_object_free(object) }
    var commit: OpaquePointer?
    defer { git_object_free(commit) }
    guard git_revparse_single(&object, repository.pointer, revision) == 0,
      git_object_peel(&commit, object, GIT_OBJECT_COMMIT) == 0, let id = git_object_id(commit)
    else { throw LedgerError.unknownRevision(revision: revision, path: path) }
    return CommitID(id.pointee)
  }

  /// Who signs records here: git's environment, else its configuration, else ``Identity/neutral``.
  public func identity() throws -> Identity {
    let environment = ProcessInfo.processInfo.environment
    if let name = environment["GIT_AUTHOR_NAME"], let email = environment["GIT_AUTHOR_EMAIL"], !name.isEmpty {
      return Identity(name: name, email: email, isConfigured: true)
    }
    let repository = try open()
    var signature: UnsafeMutablePointer<git_signature>?
    defer { git_signature_free(signature) }
    guard git_signature_default(&signature, repository.pointer) == 0, let signature else { return .neutral }
    return Identity(
      name: String(cString: signature.pointee.name), email: String(cString: signature.pointee.email),
      isConfigured: true)
  }

  /// What git's configuration says here, the user's own included; `nil` if it says nothing.
  ///
  /// - Parameter name: as `git config` takes it, such as `user.signingkey`.
  public func setting(_ name: String) throws -> String? {
    let repository = try open()
    var configuration: OpaquePointer?
    defer { git_config_free(configuration) }
    let code = git_repository_config_snapshot(&configuration, repository.pointer)
    try Git2.check(code, "reading git's configuration", at: path)
    var text: UnsafePointer<CChar>?
    return git_config_get_string(&text, configuration, name) == 0 ? text.map { String(cString: $0) } : nil
  }

  /// Why libgit2 would not open a repository, in terms that a person can act on.
  private static func refusal(_ code: CInt, path: String) -> LedgerError {
    let error = Git2.error(code, "opening the repository of \(path)", at: path)
    var buffer = git_buf()
    defer { git_buf_dispose(&buffer) }
    guard git_repository_discover(&buffer, path, 0, nil) == 0, let pointer = buffer.ptr else {
      return code == GIT_ENOTFOUND.rawValue ? .notARepository(path: path) : error
    }
    let gitDirectory = URL(filePath: String(cString: pointer), directoryHint: .isDirectory)
    let configuration = sharedFolder(of: gitDirectory).appending(path: "config").path(percentEncoded: false)
    // libgit2 1.5 reports a foreign owner as a missing setting when nobody has set safe.directory.
    if code == GIT_EOWNER.rawValue || "\(error)".contains("'safe.directory'") {
      let isWorkTree = gitDirectory.lastPathComponent == ".git"
      let owned = isWorkTree ? gitDirectory.deletingLastPathComponent() : gitDirectory
      return .foreignOwner(path: String(owned.path(percentEncoded: false).trimmingSuffix("/")))
    }
    if value("extensions.objectformat", in: configuration)?.lowercased() == "sha256" {
      return .sha256Unsupported(path: path)
    }
    if value("extensions.refstorage", in: configuration)?.lowercased().hasPrefix("reftable") == true {
      return .reftableUnsupported(path: path)
    }
    return error
  }

  private static func sharedFolder(of gitDirectory: URL) -> URL {
    guard let text = try? String(contentsOf: gitDirectory.appending(path: "commondir"), encoding: .utf8) else {
      return gitDirectory
    }
    return URL(filePath: text.trimmingCharacters(in: .newlines), directoryHint: .isDirectory, relativeTo: gitDirectory)
  }

  private static func value(_ key: String, in file: String) -> String? {
    var configuration: OpaquePointer?
    defer { git_config_free(configuration) }
    var buffer = git_buf()
    defer { git_buf_dispose(&buffer) }
    guard git_config_open_ondisk(&configuration, file) == 0,
      git_config_get_string_buf(&buffer, configuration, key) == 0, let pointer = buffer.ptr
    else { return nil }
    return String(cString: pointer)
  }
}

extension String {
  /// The text without one suffix, if it has it.
  fileprivate func trimmingSuffix(_ suffix: String) -> Substring {
    hasSuffix(suffix) ? dropLast(suffix.count) : self[...]
  }
}
