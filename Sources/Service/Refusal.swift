import Deliberation

/// What a client is told when its request is not answered, in the form that OpenAI's clients read.
struct Refusal: Error, Sendable {
  let status: HTTPStatus
  /// What was found, what was expected, and what to do.
  let message: String
  /// The field that it is about.
  var param: String?
  /// A word for programs.
  let code: String
  /// Further headers of the response.
  var headers: [(name: String, value: String)] = []
  /// Whether what follows on the connection can still be read as requests.
  var keepsConnection = true

  /// `{"error": {"message", "type", "param", "code"}}`
  struct Body: Encodable, Sendable {
    struct Fault: Encodable, Sendable {
      let message: String
      let type: String
      let param: Nullable<String>
      let code: String
    }
    let error: Fault
  }

  /// What is sent.
  var body: Body {
    let type =
      switch status {
      case .unauthorized: "authentication_error"
      case .forbidden: "permission_error"
      case .tooMany: "rate_limit_error"
      case .failed, .unavailable, .late: "server_error"
      default: "invalid_request_error"
      }
    return Body(error: .init(message: message, type: type, param: Nullable(param), code: code))
  }

  /// The response that says so.
  var response: HTTPResponse {
    var response = HTTPResponse.json(body)
    (response.status, response.headers) = (status, headers)
    return response
  }
}

// MARK: Of the connection

extension Refusal {
  static func malformed(_ message: String) -> Refusal {
    Refusal(status: .badRequest, message: message, code: "malformed_request", keepsConnection: false)
  }

  static func version(_ found: String) -> Refusal {
    Refusal(
      status: .version, message: "the request is of \(found.prefix(40)); expected HTTP/1.1 or HTTP/1.0",
      code: "unsupported_version", keepsConnection: false)
  }

  static func coding(_ found: String) -> Refusal {
    Refusal(
      status: .notImplemented,
      message: "Transfer-Encoding is “\(found.prefix(40))”; expected “chunked”, or Content-Length in its place",
      code: "unsupported_encoding", keepsConnection: false)
  }

  static func longHead(_ allowed: Int) -> Refusal {
    Refusal(
      status: .longHead, message: "the headers are longer than \(allowed) bytes; send fewer or shorter ones",
      code: "headers_too_large", keepsConnection: false)
  }

  static func tooLarge(_ found: Int?, allowed: Int) -> Refusal {
    Refusal(
      status: .tooLarge,
      message:
        "the body is \(found.map { "\($0) bytes" } ?? "longer than allowed"); expected at most \(allowed) bytes; "
        + "shorten the request, or start the server with a larger --max-request",
      code: "request_too_large", keepsConnection: false)
  }

  static func slow(_ allowed: Duration) -> Refusal {
    Refusal(
      status: .slow, message: "the request did not come within \(allowed.seconds); send it again",
      code: "request_timeout", keepsConnection: false)
  }

  static let crowded = Refusal(
    status: .unavailable, message: "all connections are taken; try again soon", code: "too_many_connections",
    headers: [("Retry-After", "1")], keepsConnection: false)

  static let unauthorized = Refusal(
    status: .unauthorized,
    message: "the request has no valid token; expected “Authorization: Bearer TOKEN” with the token of this server",
    code: "invalid_api_key", headers: [("WWW-Authenticate", "Bearer")])

  static func foreign(_ header: String, _ found: String) -> Refusal {
    Refusal(
      status: .forbidden,
      message: "\(header) is “\(found.prefix(80))”; a server without a token answers only to localhost, 127.0.0.1 and "
        + "[::1], and to pages from there; start it with --token-file FILE to let others ask",
      code: "foreign_\(header.lowercased())")
  }
}

// MARK: Of the answer

extension Refusal {
  static func full(_ waiting: Int, retryAfter seconds: Int) -> Refusal {
    Refusal(
      status: .tooMany, message: "\(waiting) requests wait already, the most that may; try again in \(seconds) s",
      code: "queue_full", headers: [("Retry-After", "\(seconds)")])
  }

  static func late(_ allowed: Duration) -> Refusal {
    Refusal(
      status: .late,
      message:
        "there was no complete answer within \(allowed.seconds); ask for fewer tokens with “max_tokens”, or start "
        + "the server with a longer --timeout",
      code: "answer_timeout")
  }

  static let stopping = Refusal(
    status: .unavailable, message: "the server is stopping; send the request to another, or later", code: "stopping",
    keepsConnection: false)

  /// What an error of answering is to a client.
  init(answering error: any Error) {
    switch error {
    case let refusal as Refusal: self = refusal
    case DeliberationError.tooLong:
      self.init(status: .badRequest, message: "\(error)", param: "messages", code: "context_length_exceeded")
    case is DeliberationError:
      self.init(status: .badRequest, message: "\(error)", param: "messages", code: "invalid_value")
    default:
      self.init(status: .failed, message: "the answer failed: \(error)", code: "answer_failed")
    }
  }
}

extension Duration {
  /// `300 s`
  var seconds: String {
    let value = self / .seconds(1)
    return value == value.rounded() ? "\(Int(value)) s" : "\(value) s"
  }
}
