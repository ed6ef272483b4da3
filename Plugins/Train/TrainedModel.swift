import Experiment
import Foundation
import Tensor

/// A model's folder with the note of how it was made: what was trained with, what came out, and what was reported.
struct TrainedModel {
  let directory: URL

  /// The note, `training.json`.
  private struct Note: Codable {
    /// The parts of the key that decide about the weights, by name.
    var madeWith: [String: String]
    /// SHA-256 of each file of the model.
    var files: [String: Digest]
    var results: Results
  }

  private static let files = ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"]

  private var note: URL { directory.appending(path: "training.json") }

  /// Weights are what they are: an engine that has changed since does not make them another model's.
  private static func deciding(_ key: CellKey) -> [String: String] {
    key.parts.filter { ["kind", "settings", "seed"].contains($0.key) }
  }

  /// What was reported when this model was made, if it was made with that key and its files are as they were then.
  func results(madeWith key: CellKey) -> Results? {
    guard let data = try? Data(contentsOf: note), let note = try? CanonicalJSON.decode(Note.self, from: data),
      note.madeWith == Self.deciding(key), let files = try? digests(), files == note.files
    else { return nil }
    return note.results
  }

  /// Notes how the model was made.
  ///
  /// - Throws: an error of the file system.
  func keep(_ results: Results, madeWith key: CellKey) throws {
    let note = Note(madeWith: Self.deciding(key), files: try digests(), results: results)
    try AtomicFile.write(try CanonicalJSON.encode(note), to: self.note)
  }

  private func digests() throws -> [String: Digest] {
    try Dictionary(
      uniqueKeysWithValues: Self.files.map { ($0, Digest(of: try Data(contentsOf: directory.appending(path: $0)))) })
  }
}
