import Foundation

/// A response that is there as a whole.
struct HTTPResponse: Sendable {
  var status = HTTPStatus.ok
  /// Further headers.
  var headers: [(name: String, value: String)] = []
  /// JSON.
  var body: Data

  /// A value as JSON.
  static func json(_ value: some Encodable) -> HTTPResponse { HTTPResponse(body: ServiceJSON.encode(value) + [0x0A]) }

  /// What is written: the head, and the body unless only the head was asked for.
  func data(for request: HTTPRequest?, keepsConnection: Bool) -> Data {
    let lines = [("Content-Type", "application/json"), ("Content-Length", "\(body.count)")] + headers
    let head = Self.head(status, lines, keepsConnection: keepsConnection)
    return request?.method == "HEAD" ? head : head + body
  }

  /// The lines before a body.
  static func head(_ status: HTTPStatus, _ headers: [(name: String, value: String)], keepsConnection: Bool) -> Data {
    let lines = headers + [("Connection", keepsConnection ? "keep-alive" : "close")]
    let text = lines.reduce("HTTP/1.1 \(status.rawValue) \(status.reason)\r\n") { $0 + "\($1.name): \($1.value)\r\n" }
    return Data((text + "\r\n").utf8)
  }
}
