import Foundation
import Tensor
import Tokenizer
import Transformer

extension FuzzTarget {
  /// A file that is read holds each tensor inside of itself; the model and the tokenizer that it describes can be used,
  /// or are refused with an error that names the file.
  static func checkGGUF(_ bytes: UnsafeRawBufferPointer) throws {
    let scratch = try ScratchFile(bytes)
    let file: GGUFFile
    do {
      file = try GGUFFile(path: scratch.path)
    } catch let error as GGUFError {
      return try Violation.unless(error, names: scratch.path)
    }
    try checkMetadata(file.metadata)
    var end = 0
    for entry in file.entries.sorted(by: { $0.bytes.lowerBound < $1.bytes.lowerBound }) {
      try Violation.unless(entry.bytes.upperBound <= bytes.count, "“\(entry.name)” ends behind the file")
      try Violation.unless(entry.bytes.lowerBound >= end, "“\(entry.name)” shares bytes with another tensor")
      end = entry.bytes.upperBound
      let tensor = try file.tensor(entry.name)
      try Violation.unless(tensor.shape == entry.shape, "“\(entry.name)” is read with the shape \(tensor.shape)")
      if entry.shape.count == 2 {
        for transposed in [false, true] { _ = try file.packed(entry.name, transposed: transposed) }
      }
    }
    try checkModel(scratch.path)
    try checkTokenizer(of: scratch.path)
  }

  /// Each value is there under its name, and every reader takes it or refuses it.
  private static func checkMetadata(_ metadata: GGUFMetadata) throws {
    for key in metadata.keys {
      guard let value = metadata[key] else { throw Violation("“\(key)” is not found by its name") }
      let readers: [() throws -> Void] = [
        { _ = try metadata.integer(key) }, { _ = try metadata.float(key) }, { _ = try metadata.bool(key) },
        { _ = try metadata.string(key) }, { _ = try metadata.integers(key) }, { _ = try metadata.floats(key) },
        { _ = try metadata.bools(key) }, { _ = try metadata.strings(key) },
      ]
      var taken = 0
      for read in readers {
        do {
          try read()
          taken += 1
        } catch is GGUFError {}
      }
      try Violation.unless(taken <= 1, "“\(key)” is of \(taken) types at once: \(value)")
    }
  }

  private static func checkModel(_ path: String) throws {
    do {
      let checkpoint = try GGUFCheckpoint(path: path)
      for parameter in checkpoint.configuration.parameters {
        do {
          let tensor = try checkpoint.tensor(parameter)
          try Violation.unless(tensor.shape == parameter.shape, "“\(parameter.name)” is read as \(tensor.shape)")
          try Violation.unless(tensor.firstNotFinite == nil, "“\(parameter.name)” is read and not finite")
        } catch let error as CheckpointError {
          try Violation.unless(error, names: path)
        }
      }
    } catch let error as GGUFError {
      try Violation.unless(error, names: path)
    } catch let error as ConfigurationError {
      try Violation.unless(error, names: path)
    } catch let error as CheckpointError {
      try Violation.unless(error, names: path)
    }
  }

  private static func checkTokenizer(of path: String) throws {
    do {
      try checkUse(of: try Tokenizer.load(from: URL(fileURLWithPath: path)))
    } catch let error as GGUFError {
      try Violation.unless(error, names: path)
    } catch let error as TokenizerError {
      try Violation.unless(error, names: path)
    }
  }
}
