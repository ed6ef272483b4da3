import Foundation

/// JSON as the API spells it: `snake_case`, on one line, keys sorted.
enum ServiceJSON {
  static func encode(_ value: some Encodable) -> Data {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Nothing that is encoded here holds a number that JSON lacks, which is all that encoding can fail at.
    return (try? encoder.encode(value)) ?? Data("{}".utf8)
  }
}

/// A value that is written as `null` where there is none, rather than left out.
struct Nullable<Value: Encodable & Sendable>: Encodable, Sendable {
  let value: Value?

  init(_ value: Value?) { self.value = value }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let value { try container.encode(value) } else { try container.encodeNil() }
  }
}
