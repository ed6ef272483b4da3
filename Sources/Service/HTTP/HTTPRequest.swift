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
  /// Reads the lines before the body, byte by byte: what two readers cut at different places can be a request to one of
  /// them and a header to the other.
  ///
  /// - Parameter bytes: all of them, without the empty line.
  /// - Throws: ``Refusal`` if they are not HTTP/1.0 or HTTP/1.1 (RFC 9112).
  init(parsing bytes: some Sequence<UInt8>) throws(Refusal) {
    let lines = Array(bytes).split(separator: [0x0D, 0x0A], omittingEmptySubsequences: false)
    let first = lines.first ?? []
    let start = first.split(separator: 0x20, omittingEmptySubsequences: false)
    guard start.count == 3, !start[0].isEmpty, start[0].allSatisfy(\.isOfToken), start[2].starts(with: "HTTP/".utf8),
      start[1].allSatisfy({ $0 > 0x20 && $0 != 0x7F }), let target = Target(start[1].text)
    else {
      throw .malformed("the first line is \(Self.quoted(first)); expected such as “GET /v1/models HTTP/1.1”")
    }
    let version = start[2].text
    guard ["HTTP/1.1", "HTTP/1.0"].contains(version) else { throw .version(version) }
    var (headers, hosts): ([String: String], Int) = ([:], 0)
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: 0x3A), colon > line.startIndex,
        line[..<colon].allSatisfy(\.isOfToken), !line.contains(where: \.endsText)
      else {
        throw .malformed("a header is \(Self.quoted(line)); expected “Name: value”")
      }
      let (name, value) = (line[..<colon].text.lowercased(), line[(colon + 1)...].trimmed.text)
      headers[name] = headers[name].map { "\($0), \(value)" } ?? value
      if name == "host" { hosts += 1 }
    }
    method = start[0].text
    path = target.path
    isOld = version == "HTTP/1.0"
    guard hosts == 1 || (isOld && hosts == 0) else {
      throw .malformed("there are \(hosts) headers “Host”; expected one, such as “Host: localhost”")
    }
    guard !isOld || headers["transfer-encoding"] == nil else {
      throw .malformed("Transfer-Encoding is given, which HTTP/1.0 does not know; expected Content-Length")
    }
    // Where the first line names a host, it is the one that is meant (RFC 9112, 3.2.2).
    if let host = target.host { headers["host"] = host }
    self.headers = headers
  }

  /// What the first line asks for: a path, or an address with its host.
  private struct Target {
    let host: String?
    let path: String

    init?(_ text: String) {
      guard !text.hasPrefix("/") else {
        (host, path) = (nil, String(text.prefix { $0 != "?" }))
        return
      }
      guard let scheme = ["http://", "https://"].first(where: text.lowercased().hasPrefix) else { return nil }
      let rest = text.dropFirst(scheme.count)
      let host = rest.prefix { $0 != "/" && $0 != "?" }
      guard !host.isEmpty else { return nil }
      let path = rest.dropFirst(host.count).prefix { $0 != "?" }
      (self.host, self.path) = (String(host), path.isEmpty ? "/" : String(path))
    }
  }

  /// A piece of a request in a message: never all of it.
  private static func quoted(_ line: some BidirectionalCollection<UInt8>) -> String {
    let text = line.text
    return "“\(text.prefix(60))\(text.count > 60 ? "…" : "")”"
  }
}

extension StringProtocol {
  /// Without white space around it.
  var trimmed: String {
    String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }
}
