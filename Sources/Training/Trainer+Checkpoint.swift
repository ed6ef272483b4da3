import Foundation
import Tensor
import Transformer

extension Trainer {
  /// Writes weights, both moments and the step to one safetensors file, at once or not at all.
  ///
  /// A trainer that resumes from it goes on with the bits that this one would have had.
  ///
  /// - Throws: `FileError` if the disk refuses; what was there before then stays.
  public func checkpoint(to file: URL) throws {
    var tensors: [(name: String, value: SafetensorsValue)] = [("step", .i64([Int64(step)], shape: [1]))]
    for (prefix, buffer) in buffers {
      tensors += parameters(in: buffer).map { ("\(prefix).\($0.name)", .f32($0.value)) }
    }
    try SafetensorsFile.write(tensors, metadata: try identity(), to: file.path)
  }

  /// Takes up the training that a checkpoint was written by.
  ///
  /// - Throws: ``TrainingError/checkpoint(file:key:expected:found:)`` if it is of another configuration, seed or
  ///   hyper-parameters; `SafetensorsError` or `FileError` if it cannot be read. The trainer is then as before.
  public func resume(from file: URL) throws {
    let saved = try SafetensorsFile(path: file.path)
    for (key, expected) in try identity().sorted(by: { $0.key < $1.key }) {
      let found = saved.metadata[key] ?? "missing"
      guard found == expected else {
        throw TrainingError.checkpoint(file: file.path, key: key, expected: expected, found: found)
      }
    }
    let steps = try saved.integers("step")
    guard steps.count == 1, let done = steps.first, done >= 0 else {
      throw TrainingError.checkpoint(file: file.path, key: "step", expected: "one count of steps", found: "\(steps)")
    }
    // Everything is read before anything is changed.
    let tensors = try buffers.map { prefix, _ in
      try model.layout.entries.map { entry in
        let name = "\(prefix).\(entry.parameter.name)"
        let tensor = try saved.tensor(name)
        guard tensor.shape == entry.parameter.shape else {
          throw TrainingError.checkpoint(
            file: file.path, key: name, expected: "\(entry.parameter.shape)", found: "\(tensor.shape)")
        }
        return tensor
      }
    }
    for ((_, buffer), values) in zip(buffers, tensors) {
      for (entry, tensor) in zip(model.layout.entries, values) {
        tensor.withUnsafePointer { (buffer.base + entry.offset).update(from: $0, count: tensor.count) }
      }
    }
    step = Int(done)
    model.pack()
  }

  /// The numbers that make up the trainer's state, with their prefixes in a checkpoint.
  private var buffers: [(prefix: String, buffer: FloatBuffer)] {
    [("weights", model.weights), ("first_moment", optimizer.first), ("second_moment", optimizer.second)]
  }

  /// What a checkpoint must agree with.
  private func identity() throws -> [String: String] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return [
      "format": "palimpsest-training/1",
      "configuration": Digest(of: try configuration.json(dtype: "float32")).hex,
      "hyperparameters": String(decoding: try encoder.encode(hyperparameters), as: UTF8.self),
      "seed": String(seed),
    ]
  }
}
