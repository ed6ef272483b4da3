import Foundation
import Tensor

/// A model directory as Hugging Face writes it: `config.json` beside `model.safetensors`, or beside shards that
/// `model.safetensors.index.json` lists. Files are mapped into memory; every tensor's name, shape and type is checked.
public struct Checkpoint: Sendable {
  /// The directory.
  public let directory: URL
  /// What `config.json` says.
  public let configuration: ModelConfiguration
  /// SHA-256 over the bytes of `config.json` and of the weight files in the order of their names.
  public let digest: Digest

  private let files: [String: SafetensorsFile]
  /// Which file each tensor is in.
  private let location: [String: String]

  /// Opens a model directory and checks that its weights are those that its configuration asks for.
  ///
  /// - Throws: ``CheckpointError``, ``ConfigurationError``, `SafetensorsError` or `FileError`: each names the file, and the key or
  ///   the tensor, with what was expected and found.
  public init(directory: URL) throws {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: directory.path, isDirectory: &isDirectory), isDirectory.boolValue
    else { throw CheckpointError.noDirectory(path: directory.path) }
    self.directory = directory
    let configurationFile = directory.appending(path: "config.json")
    configuration = try ModelConfiguration(contentsOf: configurationFile)
    location = try Self.index(directory)

    var files: [String: SafetensorsFile] = [:]
    var hasher = Digest.Hasher()
    hasher.update(try Data(contentsOf: configurationFile))
    for name in Set(location.values).sorted() {
      let file = directory.appending(path: name)
      guard FileManager.default.fileExists(atPath: file.path) else {
        throw CheckpointError.missingShard(
          file: file.path, tensor: location.filter { $0.value == name }.keys.min() ?? "", index: Self.indexName)
      }
      let opened = try SafetensorsFile(path: file.path)
      opened.hash(into: &hasher)
      files[name] = opened
    }
    self.files = files
    digest = hasher.finalize()
    for parameter in configuration.parameters { try check(parameter) }
  }

  /// How many tensors of each element type the files hold, most first.
  public var elementTypes: [(name: String, tensors: Int)] {
    ElementTypeCount.of(files.values.flatMap(\.entries).map(\.type.rawValue))
  }

  /// Names of the weight files, sorted.
  public var fileNames: [String] { files.keys.sorted() }

  /// One parameter's values, in its own shape, widened to float32.
  ///
  /// - Throws: ``CheckpointError`` or `SafetensorsError` if it is not there or cannot be read.
  public func tensor(_ parameter: Parameter) throws -> Tensor {
    let stored = try file(of: parameter).tensor(storedName(of: parameter))
    if let index = stored.firstNotFinite {
      throw CheckpointError.notFinite(
        name: storedName(of: parameter), index: index, source: try file(of: parameter).path)
    }
    return parameter.place == .whole ? stored : Tensor(parameter.shape, parameter.pick(from: stored.values))
  }

  /// What a parameter's tensor is called in these files.
  func storedName(of parameter: Parameter) -> String {
    guard location[parameter.name] == nil, let prefix = configuration.family.definition.optionalPrefix,
      parameter.name.hasPrefix(prefix)
    else { return parameter.name }
    let bare = String(parameter.name.dropFirst(prefix.count))
    return location[bare] == nil ? parameter.name : bare
  }

  private static let indexName = "model.safetensors.index.json"

  /// Which file each tensor is in, by the index if there is one.
  private static func index(_ directory: URL) throws -> [String: String] {
    let single = "model.safetensors"
    let indexFile = directory.appending(path: indexName)
    let manager = FileManager.default
    if manager.fileExists(atPath: directory.appending(path: single).path) {
      let file = try SafetensorsFile(path: directory.appending(path: single).path)
      return Dictionary(uniqueKeysWithValues: file.entries.map { ($0.name, single) })
    }
    guard manager.fileExists(atPath: indexFile.path) else {
      throw CheckpointError.noWeights(directory: directory.path)
    }
    struct Index: Decodable {
      let weightMap: [String: String]
      enum CodingKeys: String, CodingKey { case weightMap = "weight_map" }
    }
    let map: [String: String]
    do {
      map = try JSONDecoder().decode(Index.self, from: Data(contentsOf: indexFile)).weightMap
    } catch {
      throw CheckpointError.malformedIndex(file: indexFile.path, reason: "found something else (\(error))")
    }
    for name in map.values where name.contains("/") || name.hasPrefix(".") {
      throw CheckpointError.malformedIndex(
        file: indexFile.path, reason: "it points out of the directory, to “\(name)”")
    }
    return map
  }

  func file(of parameter: Parameter) throws -> SafetensorsFile {
    let stored = storedName(of: parameter)
    guard let name = location[stored], let file = files[name], file.contains(stored) else {
      throw CheckpointError.missingTensor(
        name: parameter.name, shape: parameter.storedShape,
        source: directory.appending(path: location[parameter.name] ?? files.keys.sorted().first ?? "").path,
        nearest: configuration.nearest(to: parameter, among: location.keys))
    }
    return file
  }

  private func check(_ parameter: Parameter) throws {
    let file = try file(of: parameter)
    let name = storedName(of: parameter)
    let path = directory.appending(path: location[name] ?? "").path
    let entry = try file.entry(name)
    guard entry.shape == parameter.storedShape else {
      throw CheckpointError.wrongShape(
        name: name, expected: parameter.storedShape, found: entry.shape, source: path)
    }
    guard [.f32, .bf16, .f16].contains(entry.type) else {
      throw CheckpointError.wrongType(name: name, found: entry.type.rawValue, source: path)
    }
  }
}

extension Checkpoint: WeightSource {
  func matrix(_ parameter: Parameter) throws -> PackedMatrix {
    let (file, name) = (try file(of: parameter), storedName(of: parameter))
    let type = try file.entry(name).type
    if let index = try file.withBytes(name, { FiniteCheck.firstFailure(in: $0, type: type) }) {
      throw CheckpointError.notFinite(name: name, index: index, source: file.path)
    }
    switch parameter.place {
    case .whole: return try file.packed(name)
    case .transposed: return try file.packed(name, transposed: true)
    case .rows, .columns:
      return try file.withBytes(name) { try parameter.pack($0, type: type) }
    }
  }

  func vector(_ parameter: Parameter) throws -> Tensor { try tensor(parameter) }
}

/// Counts the element types of tensors.
enum ElementTypeCount {
  static func of(_ names: [String]) -> [(name: String, tensors: Int)] {
    Dictionary(grouping: names) { $0 }.map { ($0.key, $0.value.count) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
  }
}
