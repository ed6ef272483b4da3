import Bundle
import Experiment
import Foundation
import Manuscript
import Runner
import Tensor
import Tokenizer
import Transformer

/// A folder of experiments with a model written by hand: each token is followed by a given one, whatever came before, so
/// that what it thinks, decides and says is known beforehand.
package struct ScriptedModel {
  private static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  package static let embedded = repository.appending(path: "experiments/models/aligned-small")
  package let root = FileManager.default.temporaryDirectory.appending(path: "scripted-\(UUID().uuidString)")

  /// - Parameters:
  ///   - scripts: texts of which each token is followed by the next; special tokens may be spelled.
  ///   - spelling: tokens that a response consists of, where they cannot be spelled.
  ///   - files: data files by name.
  package init(scripts: [String], spelling: [Int] = [], files: [String: String]) throws {
    let directory = root.appending(path: "experiments/models/scripted")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    for file in ["tokenizer.json", "tokenizer_config.json"] {
      try FileManager.default.copyItem(at: Self.embedded.appending(path: file), to: directory.appending(path: file))
    }
    try FileManager.default.createSymbolicLink(
      at: root.appending(path: "experiments/models/aligned-small"), withDestinationURL: Self.embedded)
    try Self.write(
      scripts: scripts, spelling: spelling, tokenizer: try Tokenizer.load(from: Self.embedded), to: directory)
    let data = root.appending(path: "experiments/data")
    try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
    for (name, text) in files { try Data(text.utf8).write(to: data.appending(path: name)) }
  }

  private static func write(scripts: [String], spelling: [Int], tokenizer: Tokenizer, to directory: URL) throws {
    let end = tokenizer.encode("<eot>", special: true)
    let spelled = spelling.isEmpty ? [] : [tokenizer.encode("\n") + spelling + end]
    let followed = (scripts.map { tokenizer.encode($0, special: true) } + spelled).flatMap { tokens in
      zip(tokens, tokens.dropFirst()).map { ($0, $1) }
    }
    let configuration = try ModelConfiguration(
      vocabularySize: 1_280, width: followed.count + followed.count % 2, layers: 1, heads: 1, headSize: 2,
      feedForwardWidth: 2, tiedEmbeddings: false, maximumPositions: 512, endOfText: end)
    var weights: [String: Tensor] = [:]
    for parameter in configuration.parameters {
      var values = [Float](repeating: parameter.shape.count == 1 ? 1 : 0, count: parameter.count)
      // Each token that is followed has a dimension of its own, which the one that follows it reads: so strongly that a
      // draw is the likeliest token.
      for (dimension, pair) in followed.enumerated() {
        if parameter.name == "model.embed_tokens.weight" { values[pair.0 * configuration.width + dimension] = 1 }
        if parameter.name == "lm_head.weight" { values[pair.1 * configuration.width + dimension] = 50 }
      }
      weights[parameter.name] = Tensor(parameter.shape, values)
    }
    try SafetensorsFile.write(weights, to: directory.appending(path: "model.safetensors").path)
    try configuration.json(dtype: "float32").write(to: directory.appending(path: "config.json"))
  }

  package func experiment(_ document: String) throws -> Experiment {
    try Experiment(name: "x", source: document, file: "x.md", overrides: [:], registry: Registry(bundledCells))
  }

  /// What the cells of a document find, by label, and what went wrong with the others.
  package func run(_ document: String) throws -> (record: Record, failures: [String]) {
    let outcome = try Runner(shelf: Shelf(root: root), store: .none).run(try experiment(document))
    return (outcome.record, outcome.failures.map { "\($0)" })
  }

  /// What is wrong with a document, in words.
  package func problems(_ document: String) throws -> String {
    do {
      try Runner(shelf: Shelf(root: root), store: .none).check(try experiment(document))
      return ""
    } catch let problems as Problems {
      return "\(problems)"
    }
  }

  package func remove() { try? FileManager.default.removeItem(at: root) }
}
