import Foundation
import Tensor

/// The token that a client must show.
public struct BearerToken: Sendable {
  private let digest: [UInt8]

  /// - Throws: ``ServiceError/token(_:)`` if it is empty, or cannot stand in a header.
  public init(_ text: String) throws {
    let token = text.trimmed
    guard !token.isEmpty else { throw ServiceError.token("it is empty") }
    guard token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw ServiceError.token("it holds white space or letters beyond ASCII")
    }
    digest = Self.digest(token)
  }

  /// Reads the token from a file.
  ///
  /// - Throws: ``ServiceError/token(_:)`` if there is none.
  public init(file: String) throws {
    guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
      throw ServiceError.token("there is no file “\(file)”, or it is no text")
    }
    try self.init(text)
  }

  /// Whether it is this one. The time that takes tells nothing of where they differ: digests are compared, all of them.
  func allows(_ other: String?) -> Bool {
    zip(digest, Self.digest(other ?? "")).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }

  private static func digest(_ text: String) -> [UInt8] { Array(Digest(of: text).hex.utf8) }
}
