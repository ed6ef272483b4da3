import Experiment
import Foundation
import Ledger
import Manuscript
import Runner

/// A folder of experiments, with everything that is done with them.
public struct Project: Sendable {
  /// The folder that holds `experiments/`.
  public let root: URL
  /// The kinds of cells that documents may use.
  public let registry: Registry
  /// Where models and data are found.
  public let shelf: Shelf

  /// The project in a folder.
  public init(root: URL, registry: Registry) {
    self.root = root
    self.registry = registry
    shelf = Shelf(root: root)
  }

  /// The project that a folder lies in: the nearest folder above it, or itself, that holds `experiments/`.
  ///
  /// - Throws: `ProjectError.notAProject` if there is none.
  public static func find(from folder: URL, registry: Registry) throws -> Project {
    var candidate = folder.standardizedFileURL
    while true {
      if isDirectory(candidate.appending(path: "experiments")) { return Project(root: candidate, registry: registry) }
      let parent = candidate.deletingLastPathComponent().standardizedFileURL
      guard parent.path != candidate.path else { throw ProjectError.notAProject(folder: folder.path) }
      candidate = parent
    }
  }

  /// Where the rendered report goes.
  public var reportFolder: URL { root.appending(path: "site/public") }

  /// The ledger in the repository that holds this project.
  ///
  /// - Throws: `LedgerError` if there is none that can be used.
  public func ledger() throws -> Ledger { Ledger(try Repository.discover(from: root)) }

  /// A document's place.
  public struct Source: Hashable, Sendable {
    /// The path below `experiments/`, without the extension.
    public let name: String
    /// Where the file is.
    public let url: URL
    /// The path as messages name it.
    public let path: String
  }

  /// The documents that some paths name: files, folders of files, or experiments' names; all if there are none.
  ///
  /// - Throws: `ProjectError.noSuchDocument` if a path names nothing, `.notMarkdown` if it names another kind of file.
  public func sources(_ paths: [String] = []) throws -> [Source] {
    let all = try self.all()
    guard !paths.isEmpty else { return all }
    var chosen: [Source] = []
    for path in paths {
      let url = URL(filePath: path).standardizedFileURL
      let inside = all.filter { $0.url.path == url.path || $0.url.path.hasPrefix(url.path + "/") || $0.name == path }
      if !inside.isEmpty {
        chosen += inside
      } else if FileManager.default.fileExists(atPath: url.path), !Self.isDirectory(url) {
        // What is run is recorded to the letter, and may be sent to others.
        guard url.pathExtension == "md" else { throw ProjectError.notMarkdown(path: path) }
        chosen.append(Source(name: url.deletingPathExtension().lastPathComponent, url: url, path: path))
      } else {
        throw ProjectError.noSuchDocument(
          path: path, known: all.map(\.name), suggestion: nearest(path, among: all.map(\.name)))
      }
    }
    var seen = Set<URL>()
    return chosen.filter { seen.insert($0.url).inserted }
  }

  /// The documents that a run of everything passes over: they say that they run only when they are named.
  public func onRequest() throws -> [Source] { try all().filter(isOnRequest) }

  /// The documents that a run of some paths runs.
  func runnable(_ paths: [String]) throws -> [Source] {
    paths.isEmpty ? try all().filter { !isOnRequest($0) } : try sources(paths)
  }

  private func isOnRequest(_ source: Source) -> Bool {
    guard let text = try? String(contentsOf: source.url, encoding: .utf8), text.contains("\non_request:") else {
      return false
    }
    return (try? Document.parse(source: text, file: source.path))?.frontMatter.isOnRequest == true
  }

  private func all() throws -> [Source] {
    let folder = root.appending(path: "experiments")
    let skipped = ["data", "models"].map { folder.appending(path: $0).path + "/" }
    guard let walker = FileManager.default.enumerator(atPath: folder.path) else { return [] }
    return walker.compactMap { $0 as? String }.sorted().compactMap { relative in
      let url = folder.appending(path: relative).standardizedFileURL
      guard relative.hasSuffix(".md"), !skipped.contains(where: { url.path.hasPrefix($0) }),
        !relative.split(separator: "/").contains(where: { $0.hasPrefix(".") })
      else { return nil }
      return Source(name: String(relative.dropLast(3)), url: url, path: "experiments/\(relative)")
    }
  }

  /// Reads a document.
  ///
  /// - Throws: `Problems` with everything that is wrong with it; `ProjectError.unreadable` if it is not text.
  public func experiment(_ source: Source, overrides: [String: String] = [:]) throws -> Experiment {
    guard let data = try? Data(contentsOf: source.url), let text = String(data: data, encoding: .utf8) else {
      throw ProjectError.unreadable(path: source.path)
    }
    return try Experiment(
      name: source.name, source: text, file: source.path, overrides: overrides, registry: registry)
  }

  /// Reads documents and finds everything that is wrong with them, in all of them, before any of them runs.
  ///
  /// - Throws: `Problems`, the errors of all documents together.
  public func experiments(_ paths: [String], overrides: [String: String]) throws -> [Experiment] {
    try experiments(try sources(paths), overrides: overrides)
  }

  func experiments(_ sources: [Source], overrides: [String: String]) throws -> [Experiment] {
    let runner = Runner(shelf: shelf, store: .none)
    var problems: [Problem] = []
    var experiments: [Experiment] = []
    let known = try all()
    for source in sources {
      if let problem = Self.problem(ofName: source, among: known + sources) {
        problems.append(problem)
        continue
      }
      do {
        let experiment = try experiment(source, overrides: overrides)
        try runner.check(experiment)
        experiments.append(experiment)
      } catch let error as Problems {
        problems += error.list
      }
    }
    guard problems.isEmpty else { throw Problems(problems) }
    return experiments
  }

  /// What keeps a document's results from being recorded under its name.
  private static func problem(ofName source: Source, among sources: [Source]) -> Problem? {
    let start = SourceLocation(file: source.path, line: 1, column: 1)
    if source.name.contains("/") {
      return Problem(
        "the document lies in a folder of its own, and results are recorded under a document's name alone", at: start,
        expected: "expected: documents in experiments itself", help: "move it there")
    }
    let place = source.url.resolvingSymlinksInPath()
    let other = sources.first { $0.name == source.name && $0.url.resolvingSymlinksInPath() != place }
    guard let other else { return nil }
    return Problem(
      "\(other.path) has the same name, and its results would be replaced by this document's", at: start,
      help: "give one of them another name")
  }

  static func isDirectory(_ url: URL) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory) && isDirectory.boolValue
  }
}
