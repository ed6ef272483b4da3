import Foundation
import Tensor

/// A model in one GGUF file, as llama.cpp writes it: configuration, weights and tokenizer together.
///
/// Weights of F32, BF16 and F16 are computed with in their own type, blocks of quantised ones as the float32 numbers that
/// they stand for.
public struct GGUFCheckpoint: Sendable {
  /// The file.
  public let file: GGUFFile
  /// What its metadata say.
  public let configuration: ModelConfiguration
  /// SHA-256 over the file's bytes.
  public let digest: Digest

  private let parameters: [Parameter.Role: Parameter]

  /// Opens a file and checks that its weights are those that its metadata ask for.
  ///
  /// - Throws: `FileError` or `GGUFError` if it cannot be read; ``ConfigurationError`` if its architecture or one of its
  ///   settings is not understood; ``CheckpointError`` if a tensor is missing or has another shape.
  public init(path: String) throws {
    let file = try GGUFFile(path: path)
    let reading = try GGUFConfiguration(file)
    self.file = file
    configuration = reading.configuration
    parameters = Dictionary(uniqueKeysWithValues: reading.parameters.map { ($0.role, $0) })
    var hasher = Digest.Hasher()
    file.hash(into: &hasher)
    digest = hasher.finalize()
    for parameter in configuration.parameters { try check(parameter) }
  }

  /// How many tensors of each element type the file holds, most first.
  public var elementTypes: [(name: String, tensors: Int)] { ElementTypeCount.of(file.entries.map(\.type.name)) }

  /// One parameter's values, in its own shape, in float32.
  ///
  /// - Throws: ``CheckpointError`` or `GGUFError` if it is not there, cannot be read or is not finite.
  public func tensor(_ parameter: Parameter) throws -> Tensor {
    try withFinite(parameter) { own, _, _ in try part(own) }
  }

  /// A parameter's values out of the tensor that holds them, which may hold others too.
  private func part(_ own: Parameter) throws -> Tensor {
    let stored = try file.tensor(own.name)
    return own.place == .whole ? stored : Tensor(own.shape, own.pick(from: stored.values))
  }

  /// Calls `body` with a parameter as this file lays it out and the bytes and type of its tensor, once it is certain
  /// that all of the tensor's elements are finite. The file's pages are touched once for both.
  private func withFinite<R>(
    _ parameter: Parameter, _ body: (Parameter, UnsafeRawBufferPointer, GGUFType) throws -> R
  ) throws -> R {
    let own = try place(of: parameter)
    let type = try file.entry(own.name).type
    return try file.withBytes(own.name) { bytes in
      if let index = type.firstNotFinite(in: bytes) {
        throw CheckpointError.notFinite(name: own.name, index: index, source: file.path)
      }
      return try body(own, bytes, type)
    }
  }

  /// The same parameter as this file names it and lays it out.
  func place(of parameter: Parameter) throws -> Parameter {
    guard let own = parameters[parameter.role] else {
      throw CheckpointError.missingTensor(
        name: parameter.name, shape: parameter.shape, source: file.path, nearest: nil)
    }
    return own
  }

  /// The name that a missing tensor may have been given: the nearest that belongs to no other parameter.
  private func nearest(to missing: String) -> String? {
    let others = Set(parameters.values.map(\.name))
    return NearestName.of(missing, among: file.entries.lazy.map(\.name).filter { !others.contains($0) })
  }

  private func check(_ parameter: Parameter) throws {
    let own = try place(of: parameter)
    guard file.contains(own.name) else {
      throw CheckpointError.missingTensor(
        name: own.name, shape: own.storedShape, source: file.path,
        nearest: nearest(to: own.name))
    }
    let found = try file.entry(own.name).shape
    guard found == own.storedShape else {
      throw CheckpointError.wrongShape(name: own.name, expected: own.storedShape, found: found, source: file.path)
    }
  }
}

extension GGUFCheckpoint: WeightSource {
  func matrix(_ parameter: Parameter) throws -> PackedMatrix {
    try withFinite(parameter) { own, bytes, type in
      guard own.place != .whole else { return try file.packed(own.name) }
      guard let plain = type.elementType else { return PackedMatrix(try part(own)) }
      return try own.pack(bytes, type: plain)
    }
  }

  func vector(_ parameter: Parameter) throws -> Tensor { try tensor(parameter) }
}
