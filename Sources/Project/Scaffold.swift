import Foundation
import Ledger
import Tensor

extension Project {
  /// Makes a folder ready for experiments: a git repository, `experiments/`, and the lines that git is to ignore.
  ///
  /// Doing it again changes nothing.
  /// - Returns: what was done, a line each.
  /// - Throws: `FileError` if a folder cannot be made; an error of the repository.
  public static func initialise(at folder: URL) throws -> [String] {
    var done: [String] = []
    let experiments = folder.appending(path: "experiments")
    for part in ["", "data", "models"] where !isDirectory(experiments.appending(path: part)) {
      let place = experiments.appending(path: part)
      try AtomicFile.makeFolder(place)
      guard isDirectory(place) else { throw FileError(action: "make the folder", path: place.path, errno: EEXIST) }
      done.append("made experiments/\(part)")
    }
    return done + ["\(try Repository.initialise(at: folder))"]
  }

  /// Writes a first version of a document.
  ///
  /// - Returns: its path.
  /// - Throws: `ProjectError.invalidName` or `.exists`; an error of the file system.
  public func scaffold(_ name: String) throws -> String {
    guard name.wholeMatch(of: /[a-z][a-z0-9-]*/) != nil else { throw ProjectError.invalidName(name) }
    let path = "experiments/\(name).md"
    let file = root.appending(path: path)
    guard !FileManager.default.fileExists(atPath: file.path) else { throw ProjectError.exists(path: path) }
    let model = shelf.models.first ?? "NAME"
    let data = shelf.data.first { $0 == "requests" } ?? shelf.data.first ?? "NAME"
    try AtomicFile.write(Data(Self.template(name: name, model: model, data: data).utf8), to: file)
    return path
  }

  private static func template(name: String, model: String, data: String) -> String {
    """
    ---
    title: What is readable, and where?
    model: \(model)
    data: \(data)
    seed: 17
    tags: [draft]
    ---
    Say here what is asked, and what would refute it. The best probe sits at layer
    `{value} readable.best.layer` with AUROC `{value} readable.best.auroc | %.3f` (@fig-readable).

    ```{probe}
    label: readable
    caption: Cross-validated AUROC by layer and position
    target: harmful
    site: resid_post
    positions: [object, last]
    ```

    ```{claim}
    label: beyond-words
    says: It is readable, and not from the words alone.
    expect:
      - readable.best.auroc.low > readable.baseline.bag_of_words.auroc.high
    ```

    """
  }
}
