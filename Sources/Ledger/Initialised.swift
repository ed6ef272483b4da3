import CGit2
import Foundation
import Tensor

/// What `palimpsest init` did.
public struct Initialised: Hashable, Sendable, CustomStringConvertible {
  /// The repository that holds the project, new or old.
  public let repository: Repository
  /// Whether it was made just now.
  public let madeRepository: Bool
  /// The lines that were added to the project's `.gitignore`.
  public let ignored: [String]

  /// What was done, in one line.
  public var description: String {
    var done: [String] = []
    if madeRepository { done.append("made a git repository at \(repository.path)") }
    if !ignored.isEmpty { done.append("added \(ignored.joined(separator: " and ")) to .gitignore") }
    return done.isEmpty ? "nothing to do: \(repository.path) is ready" : done.joined(separator: "; ")
  }
}

extension Repository {
  /// What a project keeps out of git: its cache, and the site that can be rendered again from the records.
  static let ignoredByProjects = [".palimpsest/", "site/public/"]

  /// Makes a folder ready for records: a repository if none holds it, and the lines it needs in `.gitignore`.
  ///
  /// Doing it again changes nothing.
  ///
  /// - Throws: ``LedgerError`` if a repository is there but cannot be used, or none can be made;
  ///   `FileError` if `.gitignore` cannot be written.
  public static func initialise(at folder: URL) throws -> Initialised {
    var made = false
    let repository: Repository
    do {
      repository = try discover(from: folder)
    } catch LedgerError.notARepository {
      let path = folder.path(percentEncoded: false)
      _ = try Handle("making a repository at \(path)", at: path, free: git_repository_free) { out in
        var options = git_repository_init_options()
        git_repository_init_options_init(&options, UInt32(GIT_REPOSITORY_INIT_OPTIONS_VERSION))
        options.flags = GIT_REPOSITORY_INIT_MKPATH.rawValue
        return git_repository_init_ext(out, path, &options)
      }
      made = true
      repository = try discover(from: folder)
    }
    let ignored = repository.workTree == nil ? [] : try ignore(ignoredByProjects, in: folder)
    return Initialised(repository: repository, madeRepository: made, ignored: ignored)
  }

  private static func ignore(_ lines: [String], in folder: URL) throws -> [String] {
    let file = folder.appending(path: ".gitignore")
    // A file that is there but cannot be read must not be taken for an empty one and replaced.
    let isThere = access(file.path, F_OK) == 0
    let mapped = isThere ? try MappedFile(path: file.path) : nil
    var text = withExtendedLifetime(mapped) { $0.map { String(decoding: $0.bytes, as: UTF8.self) } ?? "" }
    func bare(_ line: some StringProtocol) -> String {
      line.trimmingCharacters(in: .whitespacesAndNewlines.union(["/"]))
    }
    let present = Set(text.split(whereSeparator: \.isNewline).map(bare))
    let missing = lines.filter { !present.contains(bare($0)) }
    guard !missing.isEmpty else { return [] }
    if let last = text.last, !last.isNewline { text += "\n" }
    text += missing.joined(separator: "\n") + "\n"
    try AtomicFile.write(Data(text.utf8), to: file)
    return missing
  }
}
