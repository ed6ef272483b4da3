import Foundation
import Tensor

/// Where a model's weights come from.
protocol WeightSource {
  func matrix(_ parameter: Parameter) throws -> PackedMatrix
  func vector(_ parameter: Parameter) throws -> Tensor
}

extension ModelConfiguration {
  /// The name that a missing tensor may have been given: the nearest that belongs to no other tensor.
  func nearest(to missing: Parameter, among names: some Sequence<String>) -> String? {
    NearestName.of(missing.name, among: Set(names).subtracting(parameters.map(\.name)).sorted())
  }
}

/// Float32 weights by the names of their stored tensors, checked against a configuration.
struct WeightsInMemory: WeightSource {
  /// SHA-256 over the configuration, and each tensor's name and bytes.
  let digest: Digest
  private let tensors: [String: Tensor]

  init(_ tensors: [String: Tensor], configuration: ModelConfiguration) throws {
    let source = "the weights in memory"
    var hasher = Digest.Hasher()
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    hasher.update(try encoder.encode(configuration))
    for parameter in configuration.parameters {
      guard let tensor = tensors[parameter.name] else {
        throw CheckpointError.missingTensor(
          name: parameter.name, shape: parameter.storedShape, source: source,
          nearest: configuration.nearest(to: parameter, among: tensors.keys))
      }
      guard tensor.shape == parameter.storedShape else {
        throw CheckpointError.wrongShape(
          name: parameter.name, expected: parameter.storedShape, found: tensor.shape, source: source)
      }
      hasher.update(Data(parameter.name.utf8))
      tensor.withUnsafePointer { hasher.update(UnsafeRawBufferPointer(start: $0, count: 4 * tensor.count)) }
    }
    digest = hasher.finalize()
    self.tensors = tensors
  }

  func matrix(_ parameter: Parameter) throws -> PackedMatrix { PackedMatrix(try vector(parameter)) }

  func vector(_ parameter: Parameter) throws -> Tensor {
    guard let tensor = tensors[parameter.name] else {
      throw CheckpointError.missingTensor(
        name: parameter.name, shape: parameter.shape, source: "the weights in memory", nearest: nil)
    }
    return parameter.place == .whole ? tensor : Tensor(parameter.shape, parameter.pick(from: tensor.values))
  }
}
