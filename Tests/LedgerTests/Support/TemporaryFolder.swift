import Foundation

/// A folder that is removed when the tests end. Other users may enter it, so that tests can act as one.
struct TemporaryFolder {
  let url: URL

  /// All of them lie here. Removing each with its last use would be too early for tests that hold only its path.
  private static let root: URL = {
    let root = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
      .appending(path: "ledger-tests-\(getpid())", directoryHint: .isDirectory)
    try? FileManager.default.createDirectory(
      at: root, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    atexit { try? FileManager.default.removeItem(at: TemporaryFolder.root) }
    return root
  }()

  init(named name: String = UUID().uuidString) throws {
    url = Self.root.appending(path: name, directoryHint: .isDirectory)
    try FileManager.default.createDirectory(
      at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
  }

  func write(_ text: String, to path: String) throws {
    let file = url.appending(path: path)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  /// Every file below, by path, with its bytes.
  func contents(of path: String = "") throws -> [String: Data] {
    let root = url.appending(path: path)
    var found: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: root.path) {
      let file = root.appending(path: name)
      if let data = try? Data(contentsOf: file) { found[name] = data }
    }
    return found
  }
}
