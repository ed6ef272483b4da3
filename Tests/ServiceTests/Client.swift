import FlyingSocks
import Foundation
import Service

/// A client that says just what it is told to, wrong or not.
struct Client {
  let socket: Socket

  init(_ address: ServiceAddress) throws {
    socket = try Socket(domain: AF_INET)
    try socket.connect(to: .inet(ip4: address.host, port: UInt16(address.port)))
  }

  func send(_ text: String) throws {
    let data = Data(text.utf8)
    var index = data.startIndex
    while index < data.endIndex { index = try socket.write(data, from: index) }
  }

  /// Some of what comes; `nil` at the end.
  func more() -> String? { (try? socket.read(atMost: 4_096)).map { String(decoding: $0, as: UTF8.self) } }

  /// Everything until the server closes.
  func rest() -> String {
    var bytes: [UInt8] = []
    while let more = try? socket.read(atMost: 4_096) { bytes += more }
    return String(decoding: bytes, as: UTF8.self)
  }

  func close() { try? socket.close() }
}

/// A response as a test looks at it.
struct Reply {
  let text: String
  let status: Int
  let body: String

  /// - Parameter text: everything that came.
  init(_ text: String) {
    self.text = text
    let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
    let head = String(parts.first ?? "")
    status = Int(head.split(separator: " ").dropFirst().first ?? "") ?? 0
    let rest = parts.count > 1 ? String(parts[1]) : ""
    body = head.contains("Transfer-Encoding: chunked") ? Self.joined(rest) : rest
  }

  private static func joined(_ chunks: String) -> String {
    var (bytes, body) = (Array(chunks.utf8)[...], [UInt8]())
    while let end = bytes.firstIndex(of: 0x0A),
      let count = Int(String(decoding: bytes[..<end].dropLast(), as: UTF8.self), radix: 16), count > 0
    {
      body += bytes[(end + 1)...].prefix(count)
      bytes = bytes[(end + 1)...].dropFirst(count + 2)
    }
    return String(decoding: body, as: UTF8.self)
  }

  /// The body's JSON.
  func json() throws -> Body { try Self.read(Body.self, body) }

  /// The events of a stream, without the last word.
  func events() throws -> [Body] {
    try body.components(separatedBy: "\n\n").filter { $0.hasPrefix("data: {") }
      .map { try Self.read(Body.self, String($0.dropFirst(6))) }
  }

  /// The response, however it came.
  func response() throws -> String {
    guard body.hasPrefix("data: ") else { return try json().choices?.first?.message?.content ?? "" }
    return try events().compactMap { $0.choices?.first?.delta?.content }.joined()
  }

  private static func read<T: Decodable>(_ type: T.Type, _ text: String) throws -> T {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(type, from: Data(text.utf8))
  }

  /// What tests read of answers, pieces and errors.
  struct Body: Decodable {
    struct Fault: Decodable {
      let message, type, code: String
      let param: String?
    }
    struct Choice: Decodable {
      struct Message: Decodable { let content: String? }
      let message, delta: Message?
      let finishReason: String?
    }
    struct Usage: Decodable {
      struct Details: Decodable { let reasoningTokens: Int }
      let promptTokens, completionTokens, totalTokens: Int
      let completionTokensDetails: Details
    }
    struct Account: Decodable {
      struct Vote: Decodable {
        let decision: String?
        let ending: String
        let tokens: Int
      }
      struct Tokens: Decodable { let prompt, hidden, shown, stepsToFirst: Int }
      let decision, policy: String?
      let byPolicy: Bool
      let votes: [Vote]
      let tokens: Tokens
      let firstSeenMs, queuedMs: Double?
    }
    let error: Fault?
    let choices: [Choice]?
    let usage: Usage?
    let palimpsest: Account?
    let model: String?
  }
}
