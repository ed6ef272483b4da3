/// A status of HTTP that this server gives.
enum HTTPStatus: Int, Sendable {
  case ok = 200
  case badRequest = 400
  case unauthorized = 401
  case forbidden = 403
  case notFound = 404
  case notAllowed = 405
  case slow = 408
  case tooLarge = 413
  case tooMany = 429
  case longHead = 431
  case failed = 500
  case notImplemented = 501
  case unavailable = 503
  case late = 504
  case version = 505

  /// The words behind the number.
  var reason: String {
    switch self {
    case .ok: "OK"
    case .badRequest: "Bad Request"
    case .unauthorized: "Unauthorized"
    case .forbidden: "Forbidden"
    case .notFound: "Not Found"
    case .notAllowed: "Method Not Allowed"
    case .slow: "Request Timeout"
    case .tooLarge: "Content Too Large"
    case .tooMany: "Too Many Requests"
    case .longHead: "Request Header Fields Too Large"
    case .failed: "Internal Server Error"
    case .notImplemented: "Not Implemented"
    case .unavailable: "Service Unavailable"
    case .late: "Gateway Timeout"
    case .version: "HTTP Version Not Supported"
    }
  }
}
