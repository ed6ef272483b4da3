import Foundation
import Synchronization

/// A response in pieces, as server-sent events. It begins with its first event, so that whatever goes wrong before has a
/// status of its own.
final class EventStream: Sendable {
  private let connection: Connection
  private let isChunked: Bool
  private let keepsConnection: Bool
  private let stall: Duration
  private let begun = Atomic(false)
  private let isWhole = Atomic(true)

  /// - Parameters:
  ///   - request: HTTP/1.0 gets no chunks: there the end of the connection ends the stream.
  ///   - stall: how long a client may leave an event unread.
  init(_ connection: Connection, for request: HTTPRequest, keepsConnection: Bool, stall: Duration) {
    (self.connection, self.stall, isChunked) = (connection, stall, !request.isOld)
    self.keepsConnection = keepsConnection && !request.isOld
  }

  /// Whether something was sent.
  var hasBegun: Bool { begun.load(ordering: .relaxed) }

  /// Whether everything was sent as far as it goes.
  var wasSent: Bool { isWhole.load(ordering: .relaxed) }

  /// Whether another request can follow when it has ended.
  var leavesConnection: Bool { keepsConnection && wasSent }

  /// Sends a value. Whether the client is still there to read it is asked of the connection.
  func send(_ value: some Encodable) { send(ServiceJSON.encode(value)) }

  /// Says that there is no more.
  func finish() {
    send(Data("[DONE]".utf8))
    end()
  }

  /// Ends it without saying so, behind an error.
  func end() {
    if isChunked { write(Data("0\r\n\r\n".utf8)) }
  }

  private func send(_ data: Data) {
    let event = Data("data: ".utf8) + data + Data("\n\n".utf8)
    let chunk = isChunked ? Data("\(String(event.count, radix: 16))\r\n".utf8) + event + Data("\r\n".utf8) : event
    guard !begun.exchange(true, ordering: .relaxed) else { return write(chunk) }
    var headers = [(name: "Content-Type", value: "text/event-stream"), (name: "Cache-Control", value: "no-store")]
    if isChunked { headers.append((name: "Transfer-Encoding", value: "chunked")) }
    write(HTTPResponse.head(.ok, headers, keepsConnection: keepsConnection) + chunk)
  }

  private func write(_ data: Data) {
    do {
      try connection.write(data, until: .now + stall)
    } catch {
      isWhole.store(false, ordering: .relaxed)
    }
  }
}
