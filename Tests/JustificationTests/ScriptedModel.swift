import Experiment
import Foundation
import Manuscript
import Runner
import Tensor
import Tokenizer
import Transformer

/// A folder of experiments with a model written by hand: each token is followed by a given one, whatever came before.
///
/// By itself it always says “Sure.”; behind the beginning of a refusal it goes on as a script says.
struct ScriptedModel {
  private static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  let root = FileManager.default.temporaryDirectory.appending(path: "scripted-\(UUID().uuidString)")

  init(refusal: String, rows: [String], labelled: [String]) throws {
    let own = Self.repository.appending(path: "experiments/models/aligned-small")
    let directory = root.appending(path: "experiments/models/scripted")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    for file in ["tokenizer.json", "tokenizer_config.json"] {
      try FileManager.default.copyItem(at: own.appending(path: file), to: directory.appending(path: file))
    }
    try Self.write(scripts: ["\nSure.", refusal], tokenizer: try Tokenizer.load(from: own), to: directory)
    let data = root.appending(path: "experiments/data")
    try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
    try Data(rows.joined(separator: "\n").utf8).write(to: data.appending(path: "asked.jsonl"))
    try Data(labelled.joined(separator: "\n").utf8).write(to: data.appending(path: "labelled.jsonl"))
  }

  private static func write(scripts: [String], tokenizer: Tokenizer, to directory: URL) throws {
    let end = 11
    let followed = scripts.flatMap { script in
      let tokens = tokenizer.encode(script) + [end]
      return zip(tokens, tokens.dropFirst()).map { ($0, $1) }
    }
    let configuration = try ModelConfiguration(
      vocabularySize: 1_280, width: followed.count + followed.count % 2, layers: 1, heads: 1, headSize: 2,
      feedForwardWidth: 2, tiedEmbeddings: false, maximumPositions: 256, endOfText: [end])
    var weights: [String: Tensor] = [:]
    for parameter in configuration.parameters {
      var values = [Float](repeating: parameter.shape.count == 1 ? 1 : 0, count: parameter.count)
      // Each token that is followed has a dimension of its own, which the one that follows it reads.
      for (dimension, pair) in followed.enumerated() {
        if parameter.name == "model.embed_tokens.weight" { values[pair.0 * configuration.width + dimension] = 1 }
        if parameter.name == "lm_head.weight" { values[pair.1 * configuration.width + dimension] = 1 }
      }
      weights[parameter.name] = Tensor(parameter.shape, values)
    }
    try SafetensorsFile.write(weights, to: directory.appending(path: "model.safetensors").path)
    try configuration.json(dtype: "float32").write(to: directory.appending(path: "config.json"))
  }

  /// The results of a cell, by label.
  func run(_ document: String, registry: Registry) throws -> (Record, [String]) {
    let experiment = try Experiment(
      name: "x", source: document, file: "x.md", overrides: [:], registry: registry)
    let outcome = try Runner(shelf: Shelf(root: root), store: .none).run(experiment)
    return (outcome.record, outcome.failures.map { "\($0)" })
  }

  func remove() { try? FileManager.default.removeItem(at: root) }
}
