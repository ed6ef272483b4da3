/// What a request says before its body.
struct HTTPRequest: Sendable {
  /// `GET`, `POST` …
  let method: String
  /// The path, without what stands behind a question mark.
  let path: String
  /// By names in small letters; values that stand in several lines are joined by commas.
  let headers: [String: String]
  /// Whether it is of HTTP/1.0, which knows neither chunks nor, unless asked for, connections that stay.
  let isOld: Bool

  /// Whether the connection is to stay for another request.
  var keepsConnection: Bool {
    let wishes = (headers["connection"] ?? "").lowercased().split(separator: ",").map { $0.trimmed }
    return isOld ? wishes.contains("keep-alive") : !wishes.contains("close")
  }

  /// Whether a body may stand behind it.
  var hasBody: Bool { headers["transfer-encoding"] != nil || (headers["content-length"] ?? "0") != "0" }

  /// The token behind `Authorization: Bearer`.
  var bearer: String? {
    guard let parts = headers["authorization"]?.split(separator: " ", maxSplits: 1), parts.count == 2,
      parts[0].lowercased() == "bearer"
    else { return nil }
    return parts[1].trimmed
  }
}

extension HTTPRequest {
  /// Reads the lines before the body.
  ///
  /// - Parameter bytes: all of them, without the empty line.
  /// - Throws: ``Refusal`` if they are not HTTP/1.0 or HTTP/1.1 (RFC 9112).
  init(parsing bytes: some Sequence<UInt8>) throws(Refusal) {
    let lines = String(decoding: Array(bytes), as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false)
    let start = (lines.first ?? "").split(separator: " ", omittingEmptySubsequences: false)
    guard start.count == 3, start[2].hasPrefix("HTTP/"), !start[0].isEmpty, start[1].hasPrefix("/") else {
      throw .malformed(
        "the first line is \(Self.quoted(lines.first ?? "")); expected such as “GET /v1/models HTTP/1.1”")
    }
    guard ["HTTP/1.1", "HTTP/1.0"].contains(start[2]) else { throw .version(String(start[2])) }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, !parts[0].contains(where: { $0.isWhitespace || $0.isNewline }) else {
        throw .malformed("a header is \(Self.quoted(line)); expected “Name: value”")
      }
      let (name, value) = (parts[0].lowercased(), parts[1].trimmed)
      headers[name] = headers[name].map { "\($0), \(value)" } ?? value
    }
    method = String(start[0])
    path = String(start[1].prefix { $0 != "?" })
    self.headers = headers
    isOld = start[2] == "HTTP/1.0"
  }

  /// A piece of a request in a message: never all of it.
  private static func quoted(_ text: Substring) -> String {
    "“\(text.prefix(60))\(text.count > 60 ? "…" : "")”"
  }
}

extension StringProtocol {
  /// Without white space around it.
  var trimmed: String {
    String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }
}
