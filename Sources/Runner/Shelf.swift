import Experiment
import Foundation
import Manuscript
import Synchronization
import Tensor

/// Where experiments find their models and data by name, each read once.
///
/// A name stands for `experiments/models/NAME` or `experiments/data/NAME.{jsonl,json,csv}`; anything else is a path,
/// relative to the folder that holds `experiments/`.
public final class Shelf: Sendable {
  /// The folder that holds `experiments/`.
  public let root: URL
  private let subjects = Mutex<[String: Subject]>([:])
  private let datasets = Mutex<[String: Dataset]>([:])
  private let named = Mutex<Set<URL>>([])

  /// The shelf of a folder that holds `experiments/`.
  public init(root: URL) {
    self.root = root
  }

  /// The folder of a model, or its GGUF file, whether or not it is there.
  public func modelDirectory(_ name: String) -> URL {
    let named = root.appending(path: "experiments/models/\(name)")
    for candidate in [named, named.appendingPathExtension("gguf")]
    where FileManager.default.fileExists(atPath: candidate.path) { return candidate }
    return name.contains("/") ? place(of: name) : named
  }

  /// A path, absolute or below the folder that holds `experiments/`.
  private func place(of path: String) -> URL {
    let place = path.hasPrefix("/") ? URL(filePath: path) : root.appending(path: path)
    _ = named.withLock { $0.insert(place) }
    return place
  }

  /// Every place that was looked at so far because a document gives a path, whether or not there was a file.
  public var outside: Set<URL> { named.withLock { $0 } }

  /// Whether a model is there.
  public func hasModel(_ name: String) -> Bool {
    let place = modelDirectory(name)
    return FileManager.default.fileExists(atPath: place.appending(path: "config.json").path) || GGUFFile.isOne(place)
  }

  /// A model with its tokenizer and template.
  ///
  /// - Throws: `Problem` if there is no such model; an error of the checkpoint or the tokenizer if it cannot be read.
  public func subject(_ source: ModelSource) throws -> Subject {
    if let known = subjects.withLock({ $0[source.name] }) { return known }
    let name = source.path
    let directory = modelDirectory(name.value)
    guard FileManager.default.fileExists(atPath: directory.path) else {
      throw Problem(
        "there is no model “\(name.value)”", at: name.location,
        expected:
          "expected: \((models + ["the path of a checkpoint's directory or GGUF file"]).joined(separator: ", "))",
        help: nearest(name.value, among: models).map { "did you mean “\($0)”?" })
    }
    let subject = try Subject(
      name: source.name, directory: directory, chatTemplate: try source.chatTemplate.map(chatTemplate))
    subjects.withLock { $0[source.name] = subject }
    return subject
  }

  /// The file of a chat template, a path below the folder that holds `experiments/`.
  private func chatTemplate(_ path: Located<String>) throws -> URL {
    let file = place(of: path.value)
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isDirectory), !isDirectory.boolValue else {
      throw Problem(
        "there is no chat template “\(path.value)”", at: path.location,
        expected: "expected: the path of a file, relative to the folder that holds experiments/")
    }
    return file
  }

  /// Forgets a model, because it was written anew.
  public func forget(model name: String) {
    subjects.withLock { subjects in
      subjects = subjects.filter { $0.key != name && !$0.key.hasPrefix(name + " with ") }
    }
  }

  /// The names of the models in `experiments/models`.
  public var models: [String] {
    names(in: "experiments/models") { $0.hasSuffix(".gguf") ? String($0.dropLast(5)) : $0 }
  }

  /// The names of the data in `experiments/data`.
  public var data: [String] {
    names(in: "experiments/data") { $0.split(separator: ".").first.map(String.init) ?? $0 }
  }

  private func names(in folder: String, _ name: (String) -> String) -> [String] {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)) ?? []
    return Set(entries.filter { !$0.hasPrefix(".") }.map(name)).sorted()
  }

  /// The data that a document asks for: a name, a path, or a map that says which rows under which names.
  ///
  /// - Parameter seed: the document's seed, for rows that are drawn without a seed of their own.
  /// - Throws: `Problems` if the map is wrong or does not fit the file, `Problem` if there is no such file;
  ///   `DatasetError` if it cannot be read.
  public func dataset(_ yaml: YAMLValue, seed: UInt64) throws -> Dataset {
    let source = try DataSource(yaml)
    return try source.rows(of: try dataset(named: source.file.value, at: source.file.location), seed: seed)
  }

  private func dataset(named name: String, at location: SourceLocation) throws -> Dataset {
    if let known = datasets.withLock({ $0[name] }) { return known }
    let candidates =
      ["jsonl", "json", "csv"].map { root.appending(path: "experiments/data/\(name).\($0)") }
      + [place(of: name)]
    guard let file = candidates.first(where: { FileManager.default.fileExists(atPath: $0.path) }) else {
      throw Problem(
        "there are no data “\(name)”", at: location,
        expected:
          "expected: \((data + ["the path of a CSV, JSON or JSONL file from the project’s folder"]).joined(separator: ", "))",
        help: nearest(name, among: data).map { "did you mean “\($0)”?" })
    }
    let dataset = try Dataset(name: name, file: file)
    datasets.withLock { $0[name] = dataset }
    return dataset
  }
}
