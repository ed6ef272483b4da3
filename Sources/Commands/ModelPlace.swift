import Foundation
import Project

/// A model as the command line names it.
enum ModelPlace {
  /// Where it is: a path, or, where there is nothing at that path, a name in the project's `experiments/models`.
  static func of(_ name: String) -> URL {
    let path = URL(filePath: name)
    func isThere(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }
    guard !isThere(path), !name.contains("/"), let project = try? Project.current() else { return path }
    let named = project.shelf.modelDirectory(name)
    return isThere(named) ? named : path
  }
}
