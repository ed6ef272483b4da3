import Foundation
import Tensor

extension Checkpoint {
  /// Writes a model directory whose weights cannot write along a direction: ``Model/orthogonalised(against:)`` as a
  /// checkpoint that any tool reads.
  ///
  /// What is edited is stored in float32, everything else with its own bytes; tied embeddings come apart, and files that
  /// hold no weights are copied. The directory appears when it is complete.
  /// - Parameters:
  ///   - direction: `[d_model]`, of any length.
  ///   - directory: where to; nothing may be there.
  /// - Throws: ``OrthogonalisationError``, ``CheckpointError/exists(path:)``, or an error of the files.
  public func write(orthogonalisedAgainst direction: [Float], to directory: URL) throws {
    let taking = try Orthogonalisation(direction, configuration)
    let manager = FileManager.default
    guard !manager.fileExists(atPath: directory.path) else { throw CheckpointError.exists(path: directory.path) }
    let aside = directory.deletingLastPathComponent()
      .appending(path: ".\(directory.lastPathComponent).\(getpid()).part", directoryHint: .isDirectory)
    try manager.createDirectory(at: aside, withIntermediateDirectories: true)
    do {
      let configurationFile = aside.appending(path: "config.json")
      try AtomicFile.write(try untiedConfiguration(), to: configurationFile)
      let untied = try ModelConfiguration(contentsOf: configurationFile)
      try SafetensorsFile.write(
        try tensors(without: taking, untied: untied), metadata: ["format": "pt"],
        to: aside.appending(path: "model.safetensors").path)
      for name in try manager.contentsOfDirectory(atPath: self.directory.path) where !Self.holdsWeights(name) {
        try manager.copyItem(at: self.directory.appending(path: name), to: aside.appending(path: name))
      }
      guard rename(aside.path, directory.path) == 0 else {
        throw FileError(action: "make the directory", path: directory.path, errno: errno)
      }
    } catch {
      try? manager.removeItem(at: aside)
      throw error
    }
  }

  private func tensors(
    without taking: Orthogonalisation, untied: ModelConfiguration
  ) throws -> [(name: String, value: SafetensorsValue)] {
    var tensors: [String: SafetensorsValue] = [:]
    for name in fileNames {
      let file = try SafetensorsFile(path: directory.appending(path: name).path)
      for entry in file.entries { tensors[entry.name] = .stored(file, entry) }
    }
    for parameter in configuration.parameters {
      let edited: Tensor
      switch parameter.role {
      case .embedding, .positionEmbedding, .bias(of: .attentionOutput), .bias(of: .down):
        edited = taking.rows(try tensor(parameter))
      case .attentionOutput, .down:
        edited = taking.outputs(try tensor(parameter))
      default: continue
      }
      if parameter.role == .embedding, configuration.tiedEmbeddings,
        let head = untied.parameters.first(where: { $0.role == .unembedding })
      {
        tensors[head.name] = .f32(try tensor(parameter))
      }
      tensors[storedName(of: parameter)] = .f32(parameter.place == .transposed ? edited.transposed : edited)
    }
    return tensors.map { ($0.key, $0.value) }
  }

  /// `config.json` with embeddings that are not tied, and float32 as the type that weights are loaded in.
  private func untiedConfiguration() throws -> Data {
    let file = directory.appending(path: "config.json")
    guard var object = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any] else {
      throw ConfigurationError.inconsistent(file: file.path, problem: "it is no JSON object")
    }
    object["tie_word_embeddings"] = false
    for key in ["dtype", "torch_dtype"] where object[key] != nil { object[key] = "float32" }
    return try JSONSerialization.data(
      withJSONObject: object, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
  }

  private static func holdsWeights(_ name: String) -> Bool {
    name == "config.json" || [".safetensors", ".index.json", ".bin", ".pt", ".gguf"].contains { name.hasSuffix($0) }
  }
}

extension Tensor {
  /// `[b, a]` of a matrix `[a, b]`.
  fileprivate var transposed: Tensor {
    let (rows, columns) = (shape[0], shape[1])
    return Tensor([columns, rows]) { out in
      withUnsafePointer { x in
        for row in 0..<rows { for column in 0..<columns { out[column * rows + row] = x[row * columns + column] } }
      }
    }
  }
}
