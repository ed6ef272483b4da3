import Foundation
import Tensor
import Transformer

extension Trainer {
  /// How an exported model's matrices and norms are stored.
  public enum ExportType: String, Sendable, Hashable, Codable {
    /// The weights as they are: the exported model's logits have the bits of the trainer's.
    case f32
    /// Rounded to the nearest bfloat16: half the size.
    case bf16
  }

  /// The present weights by their Hugging Face names, as `Model(configuration:weights:)` takes them. A copy.
  public var weights: [String: Tensor] {
    Dictionary(uniqueKeysWithValues: parameters(in: model.weights).map { ($0.name, $0.value) })
  }

  /// A model over the present weights, to evaluate in the midst of training.
  ///
  /// - Throws: `CheckpointError` if the family and the weights disagree.
  public func evaluationModel() throws -> Model {
    try Model(configuration: configuration, weights: weights)
  }

  /// Writes `config.json` and `model.safetensors` as Hugging Face transformers reads them.
  ///
  /// - Throws: `FileError`, or Foundation's error, if the directory cannot be written.
  public func exportModel(to directory: URL, type: ExportType) throws {
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    let tensors: [(name: String, value: SafetensorsValue)] = parameters(in: model.weights).map {
      ($0.name, type == .f32 ? .f32($0.value) : .bf16($0.value))
    }
    try SafetensorsFile.write(
      tensors, metadata: ["format": "pt"], to: directory.appending(path: "model.safetensors").path)
    try AtomicFile.write(
      try configuration.json(dtype: type == .f32 ? "float32" : "bfloat16"),
      to: directory.appending(path: "config.json"))
  }

  /// Copies of all parameters' numbers in a buffer that is laid out like the weights.
  func parameters(in buffer: FloatBuffer) -> [(name: String, value: Tensor)] {
    model.layout.entries.map { entry in
      let value = Tensor(entry.parameter.shape) {
        $0.initialize(from: buffer.base + entry.offset, count: entry.parameter.count)
      }
      return (entry.parameter.name, value)
    }
  }

  /// The last computed gradient of every parameter, by name. For tests.
  package var gradientTensors: [String: Tensor] {
    Dictionary(uniqueKeysWithValues: parameters(in: model.gradients).map { ($0.name, $0.value) })
  }
}
