import CCrypto
import Foundation

/// A SHA-256 digest: how inputs, keys and artefacts are named.
public struct Digest: Hashable, Sendable, Codable, CustomStringConvertible {
  /// 64 lower-case hexadecimal digits.
  public let hex: String

  /// The digest of some bytes.
  public init(of data: some DataProtocol) {
    var hasher = Hasher()
    hasher.update(data)
    self = hasher.finalize()
  }

  /// The digest of a text's UTF-8 bytes.
  public init(of text: String) {
    self.init(of: Data(text.utf8))
  }

  /// Reads a digest that was written as 64 hexadecimal digits; `nil` for anything else.
  public init?(hex: String) {
    guard hex.utf8.count == 64, hex.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else {
      return nil
    }
    self.hex = hex
  }

  private init(bytes: [UInt8]) {
    let digits = Array("0123456789abcdef".utf8)
    hex = String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// The first 12 digits: enough for people.
  public var short: String { String(hex.prefix(12)) }

  /// All 64 digits.
  public var description: String { hex }

  /// Reads the 64 digits; throws if the text is anything else.
  public init(from decoder: Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let digest = Digest(hex: text) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "expected 64 hexadecimal digits, found “\(text)”"))
    }
    self = digest
  }

  /// Writes the 64 digits.
  public func encode(to encoder: Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(hex)
  }

  /// Digests bytes that arrive in pieces.
  public struct Hasher: ~Copyable {
    private let context: OpaquePointer?

    /// A hasher that has seen nothing yet.
    public init() {
      context = EVP_MD_CTX_new()
      EVP_DigestInit_ex(context, EVP_sha256(), nil)
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Takes in more bytes.
    public mutating func update(_ data: some DataProtocol) {
      for region in data.regions {
        region.withUnsafeBytes { update($0) }
      }
    }

    /// Takes in more bytes.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
      EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    }

    /// The digest of all that was taken in.
    public mutating func finalize() -> Digest {
      var bytes = [UInt8](repeating: 0, count: 32)
      EVP_DigestFinal_ex(context, &bytes, nil)
      return Digest(bytes: bytes)
    }
  }
}
