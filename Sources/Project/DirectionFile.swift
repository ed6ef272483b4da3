import Experiment
import Foundation
import Tensor
import Transformer

/// A direction as a file that other tools read.
public enum DirectionFile {
  /// The forms that there are.
  public enum Format: String, CaseIterable, Sendable {
    /// `unit` and `raw` `[d_model]`, with the provenance as metadata.
    case safetensors
    /// A control vector of llama.cpp: `direction.L` is added to what block L gives, so that scale 1 is the raw difference.
    case gguf
  }

  /// Writes a direction with where it came from.
  ///
  /// - Parameter family: the architecture that a control vector is for, as GGUF names it.
  /// - Throws: `DirectionFileError` if llama.cpp has no place for it; an error of the file.
  public static func write(_ direction: Direction, format: Format, family: String, to path: String) throws {
    let unit = Tensor([direction.unit.count], direction.unit)
    let raw = Tensor([direction.unit.count], direction.unit.map { Float(Double($0) * direction.norm) })
    switch format {
    case .safetensors:
      try SafetensorsFile.write(
        ["unit": unit, "raw": raw],
        metadata: [
          "hook": direction.hook, "position": direction.position, "method": direction.method,
          "model": direction.model.hex, "data": direction.data.hex, "norm": "\(direction.norm)",
        ], to: path)
    case .gguf:
      let layer = try block(direction)
      try GGUFWriter.write(
        metadata: [
          ("general.architecture", .text("controlvector")), ("controlvector.model_hint", .text(family)),
          ("controlvector.layer_count", .unsigned(1)),
          ("palimpsest.hook", .text(direction.hook)), ("palimpsest.position", .text(direction.position)),
          ("palimpsest.method", .text(direction.method)), ("palimpsest.model", .text(direction.model.hex)),
          ("palimpsest.data", .text(direction.data.hex)),
        ], tensors: [("direction.\(layer)", raw)], to: path)
    }
  }

  /// The block behind which llama.cpp adds what is added at a hook; it has no place before the first or behind it.
  private static func block(_ direction: Direction) throws -> Int {
    let point = try HookPoint(direction.hook)
    let layer = point.site == .residPost ? point.layer : point.site == .residPre ? point.layer - 1 : -1
    guard layer >= 1 else { throw DirectionFileError(hook: direction.hook) }
    return layer
  }
}

/// A direction that llama.cpp has no place for.
public struct DirectionFileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Where the direction was found.
  public let hook: String

  /// What was found, what was expected, and what to do.
  public var description: String {
    "a control vector of llama.cpp is added to what a block gives, from block 1 on; a direction at \(hook) has no place in "
      + "it; expected one at resid_post of block 1 or later, or resid_pre of block 2 or later; --format safetensors takes any"
  }
}

extension Project {
  /// Writes a recorded direction, named as in ``direction(_:)``, to a file.
  ///
  /// - Throws: as ``direction(_:)`` and ``DirectionFile/write(_:format:family:to:)``.
  public func export(direction path: String, format: DirectionFile.Format, to file: URL) throws -> Direction {
    let direction = try direction(path)
    try DirectionFile.write(direction, format: format, family: try family(of: direction), to: file.path)
    return direction
  }

  /// The architecture of the model that a direction was found in, by its digest among the project's models.
  private func family(of direction: Direction) throws -> String {
    for name in shelf.models {
      let place = shelf.modelDirectory(name)
      if let subject = try? Subject(name: name, directory: place), subject.digest == direction.model {
        return subject.model.configuration.family.rawValue
      }
    }
    return "unknown"
  }
}
