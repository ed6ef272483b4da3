/// A request that was served, for a log: nothing of what was asked or answered.
public struct Served: Sendable, CustomStringConvertible {
  /// `POST /v1/chat/completions`, if it could be read.
  public let request: String?
  /// The status of the response.
  public internal(set) var status: Int
  /// How long it took, waiting included.
  public internal(set) var duration = Duration.zero
  /// Whether the client left, or the answer was ended before its end.
  public internal(set) var isCut = false
  var account: Account?

  init(_ request: HTTPRequest?, _ status: HTTPStatus) {
    self.request = request.map { "\($0.method.prefix(20)) \($0.path.prefix(80))" }
    self.status = status.rawValue
  }

  /// `POST /v1/chat/completions 200 · comply · 1 of 1 votes · 14 tokens hidden · 31 shown · 84 ms`
  public var description: String {
    var parts = ["\(request ?? "no request of HTTP") \(status)"]
    if isCut { parts.append("ended early") }
    if let account {
      if let decision = account.decision.value {
        let agreeing = account.votes.count { $0.decision.value == decision }
        parts += [
          decision.rawValue, "\(agreeing) of \(account.votes.count) votes", "\(account.tokens.hidden) tokens hidden",
        ]
      }
      parts.append("\(account.tokens.shown) shown")
    }
    return (parts + ["\(Int(duration / .milliseconds(1))) ms"]).joined(separator: " · ")
  }
}
