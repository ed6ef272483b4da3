/// Why a `config.json` was not accepted.
public enum ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file could not be read.
  case unreadable(file: String, reason: String)
  /// The file is not a JSON object.
  case malformed(file: String, reason: String)
  /// A key without which nothing can be computed is not there.
  case missingKey(file: String, key: String, meaning: String)
  /// A key has a value of the wrong kind.
  case wrongType(file: String, key: String, expected: String, found: String)
  /// The architecture is not one that the engine knows.
  case unknownArchitecture(file: String, found: String, supported: [String])
  /// A key asks for a computation that the engine does not do.
  case unsupported(file: String, key: String, found: String, supported: String)
  /// A key that the engine does not know, so that it cannot tell whether it would change the computation.
  case notUnderstood(file: String, key: String, found: String)
  /// The sizes do not fit each other.
  case inconsistent(file: String, problem: String)

  /// The file, the key, what was expected and found, and what to do.
  public var description: String {
    switch self {
    case .unreadable(let file, let reason):
      "\(file): cannot read the model's configuration (\(reason)). "
        + "A model directory holds config.json beside its weights, as Hugging Face writes them."
    case .malformed(let file, let reason):
      "\(file): expected a JSON object with the model's configuration; \(reason)"
    case .missingKey(let file, let key, let meaning):
      "\(file): the key “\(key)” (\(meaning)) is missing. Add it, or fetch the model's original config.json again."
    case .wrongType(let file, let key, let expected, let found):
      "\(file): “\(key)” should be \(expected), but is \(found)."
    case .unknownArchitecture(let file, let found, let supported):
      "\(file): the architecture \(found) is not known to this engine. Supported: "
        + supported.joined(separator: ", ") + "."
    case .unsupported(let file, let key, let found, let supported):
      "\(file): “\(key)” is \(found), which would change the computation in a way that this engine does not follow. "
        + "Supported: \(supported)."
    case .notUnderstood(let file, let key, let found):
      "\(file): the key “\(key)” (\(found)) is not understood, and what is not understood might change the "
        + "computation. If it does not, take it out of a copy of the file."
    case .inconsistent(let file, let problem):
      "\(file): \(problem)."
    }
  }
}
