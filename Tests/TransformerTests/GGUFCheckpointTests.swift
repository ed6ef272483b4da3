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

  @Test("A weight that is not finite is named with its file, its tensor and its index.")
  func notFinite() throws {
    for (model, name, index) in [
      ("llama3", "blk.0.attn_q.weight", 5), ("llama3", "output_norm.weight", 3), ("gpt2", "blk.1.attn_qkv.weight", 77),
    ] {
      let stored = try GGUFFile(path: file(model).path).entry(name)
      let size = stored.bytes.count / stored.count
      let bits: [UInt8] = size == 4 ? [0, 0, 0xc0, 0x7f] : stored.type == .f16 ? [0, 0xfc] : [0x80, 0xff]
      let path = try edited(model, at: stored.bytes.lowerBound + index * size, bits)
      #expect(throws: CheckpointError.notFinite(name: name, index: index, source: path.path)) {
        try Model.load(from: path)
      }
    }
  }

  @Test(
    "Sizes that no model has, and more layers than tensors, are refused before memory is taken for them.",
    arguments: [
      "block_count", "attention.head_count", "embedding_length", "feed_forward_length", "context_length",
      "attention.head_count_kv",
    ])
  func absurdSizes(key: String) throws {
    for (size, bytes) in [(UInt32.max, [0xff, 0xff, 0xff, 0xff]), (16_000, [0x80, 0x3e, 0, 0]), (0, [0, 0, 0, 0])] {
      let data = try Data(contentsOf: file("qwen2"))
      let place = try #require(data.range(of: Data("qwen2.\(key)".utf8))).upperBound + 4
      let path = try edited("qwen2", at: place, bytes.map { UInt8($0) })
      // The longest sequence and the width of a layer may well be 16,000.
      if size == 16_000, key == "context_length" { continue }
      let error = #expect(throws: (any Error).self, "\(size)") { try GGUFCheckpoint(path: path.path) }
      #expect("\(try #require(error))".contains(path.path), "\(size): \(String(describing: error))")
    }
  }

  /// A file with some of its bytes replaced.
  private func edited(_ name: String, at place: Int, _ bytes: [UInt8]) throws -> URL {
    var data = try Data(contentsOf: file(name))
    data.replaceSubrange(place..<place + bytes.count, with: bytes)
    let url = try temporaryDirectory().appending(path: "\(name).gguf")
    try data.write(to: url)
    return url
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
