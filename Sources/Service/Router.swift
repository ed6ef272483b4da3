import Foundation
import Manuscript

/// What is there, and who may ask for it.
struct Router: Sendable {
  /// What a request asks for.
  enum Route: Equatable, Sendable {
    case answer
    case models
    case model(String)
    case health
  }

  private static let paths: [(path: String, method: String, route: Route)] = [
    ("/v1/chat/completions", "POST", .answer), ("/v1/models", "GET", .models), ("/health", "GET", .health),
  ]

  let token: BearerToken?

  /// - Throws: ``Refusal`` if there is no such path, the method is not its own, the token is missing, or there is none and
  ///   a page from elsewhere asks.
  func route(_ request: HTTPRequest) throws(Refusal) -> Route {
    if token == nil { try keepOut(request) }
    let (method, route) = try find(request.path)
    // Whether it runs is nobody's secret, and asked by what holds no token.
    if let token, route != .health, !token.allows(request.bearer) { throw .unauthorized }
    guard request.method == method || (request.method == "HEAD" && method == "GET") else {
      throw Refusal(
        status: .notAllowed,
        message: "\(request.path) was asked for with \(request.method.prefix(20)); expected \(method)",
        code: "method_not_allowed", headers: [("Allow", method == "GET" ? "GET, HEAD" : method)])
    }
    return route
  }

  /// Without a token only this machine is listened to, but any page that a browser on it shows can ask: under its own
  /// name, which its owner lets stand for this machine, or from its own origin.
  private func keepOut(_ request: HTTPRequest) throws(Refusal) {
    if let host = request.headers["host"], Authority(host)?.isLoopback != true { throw .foreign("Host", host) }
    if let origin = request.headers["origin"], Authority(origin: origin)?.isLoopback != true {
      throw .foreign("Origin", origin)
    }
  }

  private func find(_ path: String) throws(Refusal) -> (String, Route) {
    if let known = Self.paths.first(where: { $0.path == path }) { return (known.method, known.route) }
    let models = "/v1/models/"
    if path.hasPrefix(models), path.count > models.count {
      let name = path.dropFirst(models.count)
      return ("GET", .model(name.removingPercentEncoding ?? String(name)))
    }
    let known = Self.paths.map(\.path)
    let meant = nearest(path, among: known).map { "did you mean \($0)?" }
    throw Refusal(
      status: .notFound,
      message: "there is nothing at \(path.prefix(80)); "
        + (meant ?? "expected one of \(known.joined(separator: ", "))"),
      code: "not_found")
  }
}
