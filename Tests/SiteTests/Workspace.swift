import Foundation
import Site

/// A folder that is gone when the test is over.
final class Workspace: Sendable {
  let root = FileManager.default.temporaryDirectory.appending(path: "site-tests-\(UUID().uuidString)")
  var output: URL { root.appending(path: "public") }
  /// The project's `site/` folder, which holds no theme unless a test puts one there.
  var theme: URL { root.appending(path: "site") }

  deinit { try? FileManager.default.removeItem(at: root) }

  @discardableResult
  func render(_ pages: [Page], keeping kept: [String: [String]] = [:]) throws -> [URL] {
    try Site(theme: theme, output: output).render(pages, keeping: kept).pages
  }

  func read(_ path: String) throws -> String {
    try String(contentsOf: output.appending(path: path), encoding: .utf8)
  }

  /// Every file below the report's folder with its bytes.
  func files() throws -> [String: Data] {
    let paths = FileManager.default.enumerator(atPath: output.path)?.compactMap { $0 as? String } ?? []
    var files: [String: Data] = [:]
    for path in paths {
      if let data = try? Data(contentsOf: output.appending(path: path)) { files[path] = data }
    }
    return files
  }
}
