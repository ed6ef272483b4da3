import Foundation

/// Why a model directory was not accepted.
public enum CheckpointError: Error, Hashable, Sendable, CustomStringConvertible {
  /// There is no model directory at this path: nothing, or something else.
  case noDirectory(path: String)
  /// Something is there already, where a checkpoint is to be written.
  case exists(path: String)
  /// The directory holds no weights.
  case noWeights(directory: String)
  /// The index of a sharded checkpoint is malformed.
  case malformedIndex(file: String, reason: String)
  /// A file that the index of a sharded checkpoint lists is not there.
  case missingShard(file: String, tensor: String, index: String)
  /// A tensor that the configuration asks for is not there.
  case missingTensor(name: String, shape: [Int], source: String, nearest: String?)
  /// A tensor has another shape than the configuration asks for.
  case wrongShape(name: String, expected: [Int], found: [Int], source: String)
  /// A tensor has an element type that weights cannot have.
  case wrongType(name: String, found: String, source: String)
  /// A weight is not a finite number.
  case notFinite(name: String, index: Int, source: String)

  /// What was expected, what was found, where, and what to do.
  public var description: String {
    switch self {
    case .noDirectory(let path):
      "\(path): \(access(path, F_OK) == 0 ? "neither a model directory nor a GGUF file" : "no such model directory"). "
        + "A model is a directory with config.json and model.safetensors, or a GGUF file."
    case .exists(let path): "\(path) is there already; choose another name, or remove it first."
    case .noWeights(let directory):
      "\(directory): no weights here. Expected model.safetensors, or model.safetensors.index.json with its shards."
    case .malformedIndex(let file, let reason):
      "\(file): expected an object with “weight_map” from tensor names to files; \(reason)."
    case .missingShard(let file, let tensor, let index):
      "\(file): no such file, but \(index) says that it holds the tensor “\(tensor)”. Fetch it again."
    case .missingTensor(let name, let shape, let source, let nearest):
      "\(source): the tensor “\(name)” \(shape) is missing, which config.json asks for."
        + (nearest.map { " The nearest name there is “\($0)”." } ?? "")
        + " Check that the weights and config.json belong together."
    case .wrongShape(let name, let expected, let found, let source):
      "\(source): the tensor “\(name)” has the shape \(found), and config.json asks for \(expected). "
        + "Check that the weights and config.json belong together."
    case .notFinite(let name, let index, let source):
      "\(source): element \(index) of the tensor “\(name)” is not a finite number. "
        + "The file is damaged, or the model was never right: fetch it again."
    case .wrongType(let name, let found, let source):
      "\(source): the tensor “\(name)” has elements of type \(found); weights can be F32, BF16 or F16."
    }
  }
}
