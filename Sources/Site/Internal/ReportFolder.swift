import Foundation
import Tensor

/// The folder of a report: it changes only what differs, and knows which files are its own.
struct ReportFolder {
  let url: URL

  /// The list of the files that were written, so that those of vanished experiments can be removed, and no others.
  private static let manifest = ".files"

  /// Makes the folder hold these files, and no more that it wrote before.
  ///
  /// - Parameter kept: files that it wrote before and that are to stay as they are.
  /// - Throws: `FileError` if one cannot be written; each file is then either old or new.
  func write(_ files: [String: Data], keeping kept: Set<String> = []) throws {
    try AtomicFile.makeFolder(url)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue else {
      throw FileError(action: "make the folder", path: url.path, errno: EEXIST)
    }
    let before = written()
    try list(before.union(kept).union(files.keys))
    for (path, data) in files.sorted(by: { $0.key < $1.key }) {
      let file = url.appending(path: path)
      if let old = try? Data(contentsOf: file), old == data { continue }
      try AtomicFile.write(data, to: file)
    }
    let after = kept.union(files.keys)
    for path in before.subtracting(after) { remove(path) }
    try list(after)
  }

  /// The files that were written last, and their list.
  var files: [URL] { (written().sorted() + [Self.manifest]).map { url.appending(path: $0) } }

  private func list(_ paths: Set<String>) throws {
    let data = Data(paths.sorted().map { $0 + "\n" }.joined().utf8)
    let file = url.appending(path: Self.manifest)
    if let old = try? Data(contentsOf: file), old == data { return }
    try AtomicFile.write(data, to: file)
  }

  private func written() -> Set<String> {
    guard let data = try? Data(contentsOf: url.appending(path: Self.manifest)) else { return [] }
    return Set(
      String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init).filter { path in
        !path.hasPrefix("/") && !path.split(separator: "/").contains("..")
      })
  }

  /// Removes a file, and the folders that it leaves empty.
  private func remove(_ path: String) {
    var file = url.appending(path: path)
    try? FileManager.default.removeItem(at: file)
    for _ in path.split(separator: "/").dropFirst() {
      file.deleteLastPathComponent()
      guard (try? FileManager.default.contentsOfDirectory(atPath: file.path))?.isEmpty == true else { return }
      try? FileManager.default.removeItem(at: file)
    }
  }
}
