import Foundation
import Tensor
import Testing
import Transformer

/// Models that were damaged on the way: each is refused with an error that names the file, and what in it is wrong.
@Suite("Damaged checkpoints")
struct DamagedCheckpointTests {
  private static let first = "model-00001-of-00002.safetensors"
  private static let second = "model-00002-of-00002.safetensors"
  private static let deep = String(repeating: "[", count: 100_000)

  /// A checkpoint in two files, with an index.
  private func sharded(_ change: (inout [String: String]) -> Void = { _ in }) throws -> URL {
    let folder = try temporaryDirectory()
    let configuration = try Fixture.configuration(tied: false)
    try configuration.json(dtype: "float32").write(to: folder.appending(path: "config.json"))
    let weights = Fixture.weights(configuration)
    let names = weights.keys.sorted()
    var map: [String: String] = [:]
    for (file, part) in [(Self.first, names.prefix(9)), (Self.second, names.dropFirst(9))] {
      try SafetensorsFile.write(
        weights.filter { part.contains($0.key) }, to: folder.appending(path: file).path)
      for name in part { map[name] = file }
    }
    change(&map)
    try JSONEncoder().encode(["weight_map": map]).write(to: folder.appending(path: "model.safetensors.index.json"))
    return folder
  }

  @Test("A shard that was cut off is named, with the tensor that is not whole.")
  func truncatedShard() throws {
    let folder = try sharded()
    let file = folder.appending(path: Self.second)
    let last = try #require(SafetensorsFile(path: file.path).entries.last)
    try Data(contentsOf: file).dropLast(4).write(to: file)
    let error = #expect(throws: SafetensorsError.self) { try Checkpoint(directory: folder) }
    #expect(error?.file == file.path && error?.tensor == last.name)
    #expect(error?.description.contains("cut off") == true)
  }

  @Test("A shard that is missing is named, with a tensor that it should hold and the index that says so.")
  func missingShard() throws {
    let folder = try sharded()
    let file = folder.appending(path: Self.first)
    let names = try SafetensorsFile(path: file.path).entries.map(\.name)
    try FileManager.default.removeItem(at: file)
    let error = #expect(throws: CheckpointError.self) { try Checkpoint(directory: folder) }
    guard case .missingShard(file.path, let tensor, "model.safetensors.index.json") = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(names.contains(tensor) && error?.description.contains(tensor) == true)
  }

  @Test("A tensor that is not in the shard that the index names is missing from that shard.")
  func misplaced() throws {
    let name = "lm_head.weight"
    let folder = try sharded { $0[name] = Self.second }
    let error = #expect(throws: CheckpointError.self) { try Checkpoint(directory: folder) }
    guard case .missingTensor(name, _, folder.appending(path: Self.second).path, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("A shape that contradicts the configuration is named with its shard and both shapes.")
  func contradiction() throws {
    let folder = try sharded()
    let file = folder.appending(path: Self.second).path
    let stored = try SafetensorsFile(path: file)
    var tensors = try Dictionary(uniqueKeysWithValues: stored.entries.map { ($0.name, try stored.tensor($0.name)) })
    let name = "model.norm.weight"
    tensors[name] = Tensor(zeros: [41])
    try SafetensorsFile.write(tensors, to: file)
    #expect(throws: CheckpointError.wrongShape(name: name, expected: [40], found: [41], source: file)) {
      try Checkpoint(directory: folder)
    }
  }

  @Test("JSON that is nested 100,000 deep is refused by name, in each file.", arguments: ["", "{\"a\":"])
  func nesting(start: String) throws {
    let text = start.isEmpty ? Self.deep : String(repeating: start, count: 100_000)
    for name in ["config.json", "model.safetensors.index.json"] {
      let folder = try sharded()
      let file = folder.appending(path: name)
      try Data(text.utf8).write(to: file)
      let error = #expect(throws: (any Error).self) { try Checkpoint(directory: folder) }
      let message = "\(try #require(error))"
      #expect(message.contains(file.path) && message.utf8.count < 1_000)
    }
  }

  @Test(
    "Sizes that no model has are refused before memory is taken for them.",
    arguments: [
      ("num_hidden_layers", 1 << 29), ("num_attention_heads", 1 << 29), ("head_dim", 1 << 29), ("head_dim", -2),
      ("vocab_size", Int.max), ("hidden_size", 0), ("intermediate_size", -1), ("num_hidden_layers", 16_385),
    ])
  func sizes(key: String, size: Int) throws {
    let folder = try sharded()
    let file = folder.appending(path: "config.json")
    var values = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
    values[key] = size
    if key == "num_attention_heads" { values["num_key_value_heads"] = size }
    try JSONSerialization.data(withJSONObject: values).write(to: file)
    let error = #expect(throws: ConfigurationError.self) { try Checkpoint(directory: folder) }
    #expect(error?.description.contains(file.path) == true && error?.description.contains("\(size)") == true)
  }
}
