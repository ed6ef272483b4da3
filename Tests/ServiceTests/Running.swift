import Deliberation
import Experiment
import Foundation
import Service
import Synchronization

/// A service that runs while a test does.
final class Running: Sendable {
  static let subject = Result { () throws -> Subject in
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return try Subject(name: "aligned-small", directory: root.appending(path: "experiments/models/aligned-small"))
  }

  let service: Service
  let address: ServiceAddress

  init(
    _ answerer: Answerer, token: String? = nil, _ change: (inout ServiceLimits) -> Void = { _ in }
  ) throws {
    var limits = ServiceLimits()
    change(&limits)
    service = Service(
      answerer, at: try ServiceAddress(host: "127.0.0.1", port: 0), limits: limits,
      token: try token.map { try BearerToken($0) })
    address = try service.start()
  }

  /// The embedded model.
  convenience init(_ policy: DeliberationPolicy? = nil, most: Int? = nil, token: String? = nil) throws {
    try self.init(try Answerer(subject: try Self.subject.get(), policy: policy, most: most), token: token)
  }

  deinit { service.stop(grace: .zero) }

  /// One request on a connection of its own.
  func send(_ request: String) throws -> Reply {
    let client = try Client(address)
    defer { client.close() }
    try client.send(request)
    return Reply(client.rest())
  }

  func get(_ path: String, method: String = "GET") throws -> Reply {
    try send("\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
  }

  func post(_ body: String, headers: String = "") throws -> Reply { try send(Self.request(body, headers: headers)) }

  /// Asks for an answer.
  func ask(_ text: String, _ more: String = "") throws -> Reply { try post(Self.question(text, more)) }

  static func request(_ body: String, headers: String = "", close: Bool = true) -> String {
    "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.utf8.count)\r\n\(headers)"
      + (close ? "Connection: close\r\n" : "") + "\r\n" + body
  }

  static func question(_ text: String, _ more: String = "") -> String {
    let content = String(decoding: (try? JSONEncoder().encode(text)) ?? Data(), as: UTF8.self)
    return "{\"messages\": [{\"role\": \"user\", \"content\": \(content)}]\(more.isEmpty ? "" : ", " + more)}"
  }

  /// Waits for what is to become true soon.
  static func eventually(_ isTrue: () -> Bool) -> Bool {
    for _ in 0..<1_000 {
      if isTrue() { return true }
      Thread.sleep(forTimeInterval: 0.01)
    }
    return false
  }
}

/// An answerer that says a word and goes on until nobody wants it any more.
struct Endless {
  let began = Counter()
  let ended = Counter()
  let word: String

  init(word: String = "") { self.word = word }

  var answerer: Answerer {
    Answerer(model: "endless") { [began, ended, word] _, isCancelled, onText in
      began.add()
      if !word.isEmpty { onText(word) }
      while !isCancelled() { Thread.sleep(forTimeInterval: 0.005) }
      ended.add()
      return Answer(response: word, finish: .stop, ledger: TokenLedger())
    }
  }
}

final class Counter: Sendable {
  private let number = Atomic<Int>(0)
  var value: Int { number.load(ordering: .relaxed) }
  func add() { number.add(1, ordering: .relaxed) }
}
