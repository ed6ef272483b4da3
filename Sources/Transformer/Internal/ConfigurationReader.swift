import Foundation

/// Reads typed values out of a `config.json`, with errors that name the file and the key.
package struct ConfigurationReader: Sendable {
  package let file: String
  private let values: [String: JSONValue]
  /// Put before a key in messages: `rope_parameters.` inside that object.
  private let prefix: String

  package init(contentsOf url: URL) throws {
    let data: Data
    do {
      data = try Data(contentsOf: url)
    } catch {
      let exists = FileManager.default.fileExists(atPath: url.path)
      throw ConfigurationError.unreadable(
        file: url.path, reason: exists ? "\(error.localizedDescription)" : "no such file")
    }
    do {
      values = try JSONDecoder().decode([String: JSONValue].self, from: data)
    } catch {
      throw ConfigurationError.malformed(file: url.path, reason: Self.reason(of: error))
    }
    file = url.path
    prefix = ""
  }

  private init(file: String, values: [String: JSONValue], prefix: String) {
    self.file = file
    self.values = values
    self.prefix = prefix
  }

  private static func reason(of error: any Error) -> String {
    switch error {
    case DecodingError.typeMismatch: "the outermost value is not an object."
    case DecodingError.dataCorrupted(let context):
      (context.underlyingError.map { "\($0)" } ?? context.debugDescription) + "."
    default: "\(error)."
    }
  }

  /// The names of all keys, sorted.
  package var keys: [String] { values.keys.sorted() }

  /// The value of a key; `nil` where the key is absent or null.
  package func value(_ key: String) -> JSONValue? {
    guard let value = values[key], value != .null else { return nil }
    return value
  }

  package func integer(_ key: String) throws -> Int? {
    switch value(key) {
    case nil: return nil
    case .integer(let number): return number
    case .number(let number) where number == number.rounded() && abs(number) < 1e15: return Int(number)
    case .some(let other): throw wrongType(key, "a whole number", other)
    }
  }

  package func integer(_ key: String, meaning: String) throws -> Int {
    guard let number = try integer(key) else { throw missing(key, meaning) }
    return number
  }

  package func number(_ key: String) throws -> Double? {
    switch value(key) {
    case nil: return nil
    case .integer(let number): return Double(number)
    case .number(let number): return number
    case .some(let other): throw wrongType(key, "a number", other)
    }
  }

  package func number(_ key: String, meaning: String) throws -> Double {
    guard let number = try number(key) else { throw missing(key, meaning) }
    return number
  }

  package func bool(_ key: String) throws -> Bool? {
    switch value(key) {
    case nil: return nil
    case .bool(let flag): return flag
    case .some(let other): throw wrongType(key, "true or false", other)
    }
  }

  package func string(_ key: String) throws -> String? {
    switch value(key) {
    case nil: return nil
    case .string(let text): return text
    case .some(let other): throw wrongType(key, "a text", other)
    }
  }

  package func strings(_ key: String) throws -> [String]? {
    switch value(key) {
    case nil: return nil
    case .array(let items):
      return try items.map {
        guard case .string(let text) = $0 else { throw wrongType(key, "a list of texts", .array(items)) }
        return text
      }
    case .some(let other): throw wrongType(key, "a list of texts", other)
    }
  }

  /// One whole number, or a list of them.
  package func integers(_ key: String) throws -> [Int]? {
    switch value(key) {
    case .array(let items):
      return try items.map {
        guard case .integer(let number) = $0 else { throw wrongType(key, "a list of whole numbers", .array(items)) }
        return number
      }
    default: return try integer(key).map { [$0] }
    }
  }

  /// A list of numbers.
  package func numbers(_ key: String, meaning: String) throws -> [Double] {
    guard let found = value(key) else { throw missing(key, meaning) }
    guard case .array(let items) = found else { throw wrongType(key, "a list of numbers", found) }
    return try items.map {
      switch $0 {
      case .integer(let number): return Double(number)
      case .number(let number): return number
      default: throw wrongType(key, "a list of numbers", found)
      }
    }
  }

  /// The object under a key, as a reader whose messages carry the key.
  package func object(_ key: String) throws -> ConfigurationReader? {
    switch value(key) {
    case nil: return nil
    case .object(let values): return ConfigurationReader(file: file, values: values, prefix: "\(prefix)\(key).")
    case .some(let other): throw wrongType(key, "an object", other)
    }
  }

  /// Refuses a key whose value would change the computation.
  package func refuse(_ key: String, unless allowed: [JSONValue], supported: String) throws {
    guard let found = value(key), !allowed.contains(found) else { return }
    throw unsupported(key, found, supported)
  }

  package func unsupported(_ key: String, _ found: JSONValue, _ supported: String) -> ConfigurationError {
    .unsupported(file: file, key: prefix + key, found: found.description, supported: supported)
  }

  private func wrongType(_ key: String, _ expected: String, _ found: JSONValue) -> ConfigurationError {
    .wrongType(file: file, key: prefix + key, expected: expected, found: found.description)
  }

  private func missing(_ key: String, _ meaning: String) -> ConfigurationError {
    .missingKey(file: file, key: prefix + key, meaning: meaning)
  }
}
