import Foundation

/// The one spelling in which Palimpsest writes JSON: sorted keys, shortest digits that read back to the same bits, a
/// line per member, a newline at the end. Equal values give equal bytes, and `git diff` shows a changed number as a
/// changed line.
public enum CanonicalJSON {
  static let nan = "NaN"
  static let infinity = "Infinity"
  static let negativeInfinity = "-Infinity"

  /// - Throws: `EncodingError` if the value cannot be encoded.
  public static func encode(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: infinity, negativeInfinity: negativeInfinity, nan: nan)
    return try encoder.encode(value) + Data("\n".utf8)
  }

  /// - Throws: `DecodingError` if the bytes are not JSON of that shape.
  public static func decode<T: Decodable>(_ type: T.Type, from data: Data) throws -> T {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: infinity, negativeInfinity: negativeInfinity, nan: nan)
    return try decoder.decode(type, from: data)
  }
}
