import Experiment
import Foundation
import Ledger
import Manuscript
import Runner
import Tensor

/// Something that a record was made from and that is not to be had any more.
public struct MissingInput: Hashable, Sendable, Codable {
  /// `model`, `data` or `document`.
  public let kind: String
  /// What the document calls it.
  public let name: String
  /// The digest that the record has.
  public let digest: Digest
  /// What was found instead.
  public let found: String
}

/// The inputs of an old record, brought together in a folder of their own so that it can be run as it was.
struct RecordedInputs {
  let record: Record
  let experiment: Experiment
  /// The project that it is brought from.
  private let project: Project
  private let ledger: Ledger
  /// The commit of sources that the record names, if it is here.
  private let source: CommitID?

  /// Reads the record's document as it was read then.
  ///
  /// - Throws: `Problems` if this version does not understand it.
  init(_ record: Record, source: CommitID?, project: Project, ledger: Ledger) throws {
    self.record = record
    self.project = project
    self.ledger = ledger
    self.source = source.flatMap { (try? ledger.repository.files(under: "", at: $0)) == nil ? nil : $0 }
    experiment = try Experiment(
      name: record.experiment, source: record.document, file: "experiments/\(record.experiment).md",
      overrides: record.inputs.overrides, registry: project.registry)
  }

  /// How far up from a project's folder the paths of models and data lead.
  var levelsAbove: Int {
    let levels = places.flatMap(\.paths).map { path in
      var (level, highest) = (0, 0)
      for part in path.split(separator: "/") where part != "." {
        level += part == ".." ? 1 : -1
        highest = max(highest, level)
      }
      return highest
    }
    return levels.max() ?? 0
  }

  /// Writes the document, and brings each model and data set whose digest is the record's: this folder's, else that of
  /// the commit that the record was made from.
  ///
  /// A record may come from anybody: nothing is written, and nothing removed, but inside what encloses the folder.
  ///
  /// - Parameter isCopied: whether models are copied; else large ones are linked, to be read and not written.
  /// - Returns: what is not to be had.
  /// - Throws: `ProjectError.leavesFolder` if the document would lie elsewhere; an error of the file system.
  func bring(to folder: Enclosed, isCopied: Bool) throws -> [MissingInput] {
    let document = "experiments/\(record.experiment).md"
    guard let file = folder.place(of: document) else { throw ProjectError.leavesFolder(path: document) }
    for part in ["experiments/data", "experiments/models"] {
      try FileManager.default.createDirectory(at: folder.url.appending(path: part), withIntermediateDirectories: true)
    }
    try AtomicFile.write(Data(record.document.utf8), to: file)
    for place in places where !isRight(place, in: folder.url) {
      try copy(place, from: project.root, to: folder, isCopied: isCopied)
      guard !isRight(place, in: folder.url) else { continue }
      try checkOut(place, to: folder)
    }
    return places.compactMap { missing($0, in: folder.url) }
  }

  /// A model or a data set, with the paths below the folder that may hold it.
  private struct Place: Hashable {
    let kind: String
    let name: String
    let recorded: Digest
    let paths: [String]
    let model: ModelSource?
    let data: YAMLValue?

    static func == (a: Place, b: Place) -> Bool { (a.kind, a.name) == (b.kind, b.name) }
    func hash(into hasher: inout Hasher) { hasher.combine(name) }
  }

  private var places: [Place] {
    var places: [Place] = []
    for cell in experiment.cells {
      if cell.usesModel, let model = experiment.model(of: cell.cell),
        let known = record.inputs.models.first(where: { $0.name == model.name })
      {
        let path = model.path.value
        let named = ["experiments/models/\(path)", "experiments/models/\(path).gguf"]
        places.append(
          Place(
            kind: "model", name: model.name, recorded: known.digest,
            paths: (path.hasPrefix("/") ? [] : path.contains("/") ? named + [path] : named)
              + [model.chatTemplate?.value].compactMap { $0.flatMap { $0.hasPrefix("/") ? nil : $0 } },
            model: model, data: nil))
      }
      if let yaml = experiment.data(of: cell.cell), let name = (yaml["file"] ?? yaml).string,
        let known = record.inputs.data.first(where: { $0.name == name })
      {
        let named = ["jsonl", "json", "csv"].map { "experiments/data/\(name).\($0)" }
        places.append(
          Place(
            kind: "data", name: name, recorded: known.digest,
            paths: name.hasPrefix("/") ? [] : named + (name.contains("/") || name.contains(".") ? [name] : []),
            model: nil, data: yaml))
      }
    }
    var seen = Set<Place>()
    return places.filter { seen.insert($0).inserted }
  }

  private func isWritten(_ place: Place) -> Bool {
    experiment.cells.contains { $0.writes != nil && $0.writes == place.model?.path.value }
  }

  private func digest(_ place: Place, in folder: URL) throws -> Digest {
    let shelf = Shelf(root: folder)
    if let model = place.model { return try shelf.subject(model).digest }
    guard let yaml = place.data else { return Digest(of: "") }
    return try shelf.dataset(yaml, seed: record.inputs.seed).digest
  }

  private func isRight(_ place: Place, in folder: URL) -> Bool {
    (try? digest(place, in: folder)) == place.recorded
  }

  private func missing(_ place: Place, in folder: URL) -> MissingInput? {
    // What a cell of the record writes is made again by the run.
    if isWritten(place) { return nil }
    do {
      let found = try digest(place, in: folder)
      guard found != place.recorded else { return nil }
      return MissingInput(
        kind: place.kind, name: place.name, digest: place.recorded, found: "one with digest \(found.short)")
    } catch {
      return MissingInput(kind: place.kind, name: place.name, digest: place.recorded, found: "nothing that can be read")
    }
  }

  private func copy(_ place: Place, from root: URL, to folder: Enclosed, isCopied: Bool) throws {
    guard root.standardizedFileURL != folder.url.standardizedFileURL else { return }
    for path in place.paths {
      let from = root.appending(path: path)
      guard FileManager.default.fileExists(atPath: from.path), let to = folder.place(of: path) else { continue }
      try FileManager.default.createDirectory(at: to.deletingLastPathComponent(), withIntermediateDirectories: true)
      try? FileManager.default.removeItem(at: to)
      if place.kind == "model", !isCopied, !isWritten(place) {
        try FileManager.default.createSymbolicLink(at: to, withDestinationURL: from.resolvingSymlinksInPath())
      } else {
        try FileManager.default.copyItem(at: from.resolvingSymlinksInPath(), to: to)
      }
    }
  }

  private func checkOut(_ place: Place, to folder: Enclosed) throws {
    guard let source, let base = ledger.repository.relativePath(project.root) else { return }
    for path in place.paths {
      let inTree = base.isEmpty ? path : "\(base)/\(path)"
      let files = try ledger.repository.files(under: inTree, at: source)
      guard !files.isEmpty, let to = folder.place(of: path) else { continue }
      try? FileManager.default.removeItem(at: to)
      for file in files {
        guard let data = try ledger.repository.file(file, at: source),
          let to = folder.place(of: path + file.dropFirst(inTree.count))
        else { continue }
        try AtomicFile.write(data, to: to)
      }
    }
  }
}
