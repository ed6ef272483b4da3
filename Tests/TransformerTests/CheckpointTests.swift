import Foundation
import Tensor
import Testing
import Transformer

/// A model directory with the fixture's weights, some of them changed.
private func directory(
  dtype: String = "float32", shards: Bool = false, change: (inout [String: Tensor]) throws -> Void = { _ in }
) throws -> URL {
  let directory = try temporaryDirectory()
  let configuration = try Fixture.configuration(tied: false)
  var weights = Fixture.weights(configuration)
  try change(&weights)
  try configuration.json(dtype: dtype).write(to: directory.appending(path: "config.json"))
  func write(_ names: [String], _ file: String) throws {
    try SafetensorsFile.write(
      names.compactMap { name in
        weights[name].map { (name, dtype == "bfloat16" ? .bf16($0) : .f32($0)) }
      },
      to: directory.appending(path: file).path)
  }
  let names = weights.keys.sorted()
  if shards {
    try write(Array(names.prefix(9)), "model-00001-of-00002.safetensors")
    try write(Array(names.dropFirst(9)), "model-00002-of-00002.safetensors")
    let map = Dictionary(
      uniqueKeysWithValues: names.enumerated().map { ($1, "model-0000\($0 < 9 ? 1 : 2)-of-00002.safetensors") })
    try JSONEncoder().encode(["weight_map": map])
      .write(to: directory.appending(path: "model.safetensors.index.json"))
  } else {
    try write(names, "model.safetensors")
  }
  return directory
}

private func message(_ directory: URL) throws -> String {
  let error = #expect(throws: (any Error).self) { try Model.load(from: directory) }
  return "\(try #require(error))"
}

@Suite("Checkpoint")
struct CheckpointTests {
  @Test("A model from a directory, from shards, and from memory computes the same bits.")
  func sources() throws {
    let prompts = Fixture.prompts(3)
    let memory = try Fixture.model(tied: false).forward(prompts)
    for shards in [false, true] {
      let model = try Model.load(from: directory(shards: shards))
      #expect(try model.forward(prompts).logits(sequence: 2) == memory.logits(sequence: 2))
    }
  }

  @Test("Weights in bfloat16 compute what the same weights in float32 compute, in half the memory.")
  func bfloat16() throws {
    let prompts = Fixture.prompts(3)
    let folder = try directory(dtype: "bfloat16")
    let narrow = try Model.load(from: folder)
    let file = try SafetensorsFile(path: folder.appending(path: "model.safetensors").path)
    let weights = try Dictionary(uniqueKeysWithValues: file.entries.map { ($0.name, try file.tensor($0.name)) })
    let wide = try Model(configuration: narrow.configuration, weights: weights)
    #expect(file.entries.allSatisfy { $0.type == .bf16 })
    #expect(try narrow.forward(prompts).logits(sequence: 2) == wide.forward(prompts).logits(sequence: 2))
    #expect(2 * narrow.weightBytes == wide.weightBytes)
  }

  @Test("The digest names the configuration and the weights: equal for equal bytes, other for a changed weight.")
  func digest() throws {
    let one = try Checkpoint(directory: directory())
    let two = try Checkpoint(directory: directory())
    let other = try Checkpoint(
      directory: directory { $0["model.norm.weight"] = Tensor(repeating: 1, [40]) })
    #expect(one.digest == two.digest && one.digest != other.digest)
    #expect(try Model(checkpoint: one).digest == one.digest)
    #expect(try Fixture.model().digest == Fixture.model().digest)
    #expect(try Fixture.model().digest != Fixture.model(tied: false).digest)
  }

  @Test("A missing directory, missing weights, and a missing configuration are each said to be so.")
  func missing() throws {
    let nowhere = try temporaryDirectory().appending(path: "nowhere")
    #expect(try message(nowhere).contains("no such model directory"))
    let folder = try directory()
    try FileManager.default.removeItem(at: folder.appending(path: "model.safetensors"))
    #expect(try message(folder).contains("no weights here"))
    try FileManager.default.removeItem(at: folder.appending(path: "config.json"))
    #expect(try message(folder).contains("config.json"))
  }

  @Test("A tensor that is missing, or has another shape, is named with its file and what was expected.")
  func tensors() throws {
    let name = "model.layers.1.mlp.up_proj.weight"
    let absent = try message(directory { $0["model.layers.1.mlp.up_prj.weight"] = $0.removeValue(forKey: name) })
    #expect(absent.contains(name) && absent.contains("model.safetensors") && absent.contains("up_prj"))
    let reshaped = try message(directory { $0[name] = Tensor(zeros: [40, 72]) })
    #expect(reshaped.contains("[40, 72]") && reshaped.contains("[72, 40]") && reshaped.contains(name))
    #expect(throws: CheckpointError.self) {
      try Model(configuration: Fixture.configuration(), weights: ["model.norm.weight": Tensor(zeros: [40])])
    }
  }

  @Test("A truncated file is refused, and so are tensors that are no weights and an index that leads elsewhere.")
  func malformed() throws {
    let folder = try directory()
    let file = folder.appending(path: "model.safetensors")
    let data = try Data(contentsOf: file)
    for count in [data.count - 1, data.count / 2, 100, 7, 0] {
      try data.prefix(count).write(to: file)
      #expect(try message(folder).contains("model.safetensors"), "\(count) bytes")
    }
    let configuration = try Fixture.configuration(tied: false)
    try SafetensorsFile.write(
      configuration.parameters.map { ($0.name, .i64(Array(repeating: 0, count: $0.count), shape: $0.shape)) },
      to: file.path)
    #expect(try message(folder).contains("I64"))

    let sharded = try directory(shards: true)
    let index = sharded.appending(path: "model.safetensors.index.json")
    try Data(#"{"weight_map": {"lm_head.weight": "../model.safetensors"}}"#.utf8).write(to: index)
    #expect(try message(sharded).contains("points out of the directory"))
    try Data("[]".utf8).write(to: index)
    #expect(try message(sharded).contains("weight_map"))
  }
}

extension CheckpointTests {
  @Test("A weight that is no number is refused, with the tensor's name and the element's index.")
  func notFinite() throws {
    let directory = try temporaryDirectory()
    let source = FamilyTests.folder.appending(path: "gpt2")
    try FileManager.default.copyItem(
      at: source.appending(path: "config.json"), to: directory.appending(path: "config.json"))
    let stored = try SafetensorsFile(path: source.appending(path: "model.safetensors").path)
    for (name, index) in [("transformer.h.1.mlp.c_fc.weight", 77), ("transformer.h.0.ln_1.bias", 3)] {
      var tensors = try Dictionary(uniqueKeysWithValues: stored.entries.map { ($0.name, try stored.tensor($0.name)) })
      var values = try #require(tensors[name]).values
      values[index] = .nan
      tensors[name] = Tensor(try stored.entry(name).shape, values)
      let file = directory.appending(path: "model.safetensors").path
      try SafetensorsFile.write(tensors, to: file)
      #expect(throws: CheckpointError.notFinite(name: name, index: index, source: file)) {
        try Model.load(from: directory)
      }
    }
  }
}
