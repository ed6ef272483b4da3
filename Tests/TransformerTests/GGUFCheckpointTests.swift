import Foundation
import Tensor
import Testing
import Transformer

/// The tiny checkpoints again, as GGUF files. That their layout is llama.cpp's was checked with another reader: see
/// `make_models.py`.
@Suite("GGUF checkpoints")
struct GGUFCheckpointTests {
  static let variants = ["llama3", "qwen2", "qwen3", "gemma2", "phi3-longrope-short", "gpt2"]
  static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures")

  private func file(_ name: String) -> URL { Self.fixtures.appending(path: "gguf/\(name).gguf") }

  private func stored(_ name: String) throws -> [String: Tensor] {
    let file = try SafetensorsFile(path: Self.fixtures.appending(path: "checkpoints/\(name)/model.safetensors").path)
    return try Dictionary(uniqueKeysWithValues: file.entries.map { ($0.name, try file.tensor($0.name)) })
  }

  @Test("A GGUF file gives the logits of the checkpoint that it was made from.", arguments: variants)
  func logits(name: String) throws {
    let directory = Self.fixtures.appending(path: "checkpoints/\(name)")
    var configuration = try ModelConfiguration(contentsOf: directory.appending(path: "config.json"))
    // What such a file cannot say.
    if name == "gemma2" { configuration.scoreScale = nil }
    let original = try Model(configuration: configuration, weights: stored(name))
    let model = try Model.load(from: file(name))
    let tokens = [5, 17, 3, 88, 41, 2, 60, 60, 9, 33, 71, 12]
    let ours = try model.forward([tokens], logits: .all).logits(sequence: 0).values
    let theirs = try original.forward([tokens], logits: .all).logits(sequence: 0).values
    switch name {
    // Their norms, or the factors of their frequencies, were rounded to float32 on the way.
    case "gemma2", "llama3", "phi3-longrope-short":
      #expect(largestDifference(ours.map(Double.init), theirs.map(Double.init)) < 1e-5)
    default: #expect(ours == theirs)
    }
  }

  @Test("Weights keep their own type in memory.")
  func types() throws {
    let half = try Model.load(from: file("llama3"))
    let whole = try Model(
      configuration: half.configuration.asWritten(in: "llama3"), weights: stored("llama3"))
    #expect(half.weightBytes * 2 == whole.weightBytes)
  }

  @Test("An architecture that is not read is named, with those that are.")
  func architecture() throws {
    let path = try edited("llama3", "llama", "mamba")
    let error = #expect(throws: ConfigurationError.self) { try Model.load(from: path) }
    let text = try #require(error).description
    #expect(text.contains("“mamba”") && text.contains("gemma2 (GGUF)"))
  }

  @Test("A setting that is not understood, and a tensor that is not there, are named.")
  func refusals() throws {
    let setting = try edited("qwen2", "qwen2.rope.dimension_count", "qwen2.rope.dimension_curve")
    let unknown = #expect(throws: ConfigurationError.self) { try Model.load(from: setting) }
    #expect(try #require(unknown).description.contains("qwen2.rope.dimension_curve"))

    let tensor = try edited("qwen2", "blk.1.ffn_up.weight", "blk.1.ffn_ap.weight")
    let missing = #expect(throws: CheckpointError.self) { try Model.load(from: tensor) }
    let text = try #require(missing).description
    #expect(text.contains("blk.1.ffn_up.weight") && text.contains("blk.1.ffn_ap.weight"))
  }

  /// A file with one text in it replaced by another of the same length.
  private func edited(_ name: String, _ old: String, _ new: String) throws -> URL {
    var data = try Data(contentsOf: file(name))
    let place = try #require(data.range(of: Data(old.utf8)))
    data.replaceSubrange(place, with: Data(new.utf8))
    let url = try temporaryDirectory().appending(path: "\(name).gguf")
    try data.write(to: url)
    return url
  }
}

extension ModelConfiguration {
  /// The configuration of the checkpoint of a name.
  fileprivate func asWritten(in name: String) throws -> ModelConfiguration {
    try ModelConfiguration(
      contentsOf: GGUFCheckpointTests.fixtures.appending(path: "checkpoints/\(name)/config.json"))
  }
}
