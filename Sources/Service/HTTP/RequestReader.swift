import Foundation

/// Reads requests from a connection, and never more of one than the limits allow.
struct RequestReader {
  /// The lines before a body are a few hundred bytes; more is somebody's mistake.
  private static let longestHead = 16_384

  let connection: Connection
  let limits: ServiceLimits

  /// The next request, up to its body; `nil` when the client has no more, or sends none for too long.
  ///
  /// - Parameter isWanted: asked while none comes.
  /// - Throws: ``Refusal`` if it is not HTTP, too long or too slow.
  func head(while isWanted: () -> Bool) throws(Refusal) -> HTTPRequest? {
    guard var bytes = try? connection.read(until: .now + limits.idle, while: isWanted) else { return nil }
    let deadline = ContinuousClock.now + limits.reading
    var searched = 0
    while true {
      // Empty lines before a request are allowed.
      if bytes.starts(with: [0x0D, 0x0A]) {
        bytes.removeFirst(2)
        searched = 0
      }
      if let end = Self.emptyLine(in: bytes, from: searched) {
        connection.unread(bytes[(end + 4)...])
        return try HTTPRequest(parsing: bytes[..<end])
      }
      guard bytes.count <= Self.longestHead else { throw .longHead(Self.longestHead) }
      searched = max(0, bytes.count - 3)
      do {
        bytes += try connection.read(until: deadline)
      } catch {
        guard error == .late else { return nil }
        throw .slow(limits.reading)
      }
    }
  }

  /// The body of a request.
  ///
  /// - Throws: ``Refusal`` if it is too long or too slow, or its length is not told in a way that can be read.
  func body(of request: HTTPRequest) throws(Refusal) -> [UInt8] {
    let deadline = ContinuousClock.now + limits.reading
    let length = request.headers["content-length"]
    if let coding = request.headers["transfer-encoding"] {
      guard length == nil else { throw .malformed("both Content-Length and Transfer-Encoding are given; expected one") }
      guard coding.lowercased() == "chunked" else { throw .coding(coding) }
      welcome(request)
      return try chunks(until: deadline)
    }
    guard let length else { return [] }
    guard let count = Int(length), count >= 0, length.allSatisfy(\.isNumber) else {
      throw .malformed("Content-Length is “\(length.prefix(40))”; expected a number of bytes")
    }
    guard count <= limits.request else { throw .tooLarge(count, allowed: limits.request) }
    welcome(request)
    return try exactly(count, until: deadline)
  }

  /// A client may wait for this word before it sends a long body.
  private func welcome(_ request: HTTPRequest) {
    guard request.headers["expect"]?.lowercased() == "100-continue", !request.isOld else { return }
    try? connection.write(Data("HTTP/1.1 100 Continue\r\n\r\n".utf8), until: .now + limits.stall)
  }

  private func chunks(until deadline: ContinuousClock.Instant) throws(Refusal) -> [UInt8] {
    var body: [UInt8] = []
    while true {
      let size = try line(until: deadline).prefix { $0 != 0x3B }.trimmed
      guard size.allSatisfy(\.isHexDigit), let count = Int(size.text, radix: 16) else {
        throw .malformed("a chunk's length is “\(size.text.prefix(40))”; expected a number of bytes in base 16")
      }
      guard count > 0 else { break }
      guard count <= limits.request - body.count else { throw .tooLarge(nil, allowed: limits.request) }
      body += try exactly(count, until: deadline)
      guard try line(until: deadline).isEmpty else { throw .malformed("a chunk is longer than it says") }
    }
    // What may follow the chunks is nothing that is asked for.
    while try !line(until: deadline).isEmpty {}
    return body
  }

  private func exactly(_ count: Int, until deadline: ContinuousClock.Instant) throws(Refusal) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while bytes.count < count { bytes += try more(until: deadline) }
    connection.unread(bytes[count...])
    bytes.removeLast(bytes.count - count)
    return bytes
  }

  private func line(until deadline: ContinuousClock.Instant) throws(Refusal) -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      if let end = bytes.firstIndex(of: 0x0A) {
        let line = bytes[..<end].dropLast()
        guard end > 0, bytes[end - 1] == 0x0D, !line.contains(where: \.endsText) else {
          throw .malformed("a chunk's line is “\(bytes[..<end].text.prefix(40))”; expected it to end in CR LF")
        }
        connection.unread(bytes[(end + 1)...])
        return Array(line)
      }
      guard bytes.count <= Self.longestHead else { throw .malformed("a chunk's first line does not end") }
      bytes += try more(until: deadline)
    }
  }

  private func more(until deadline: ContinuousClock.Instant) throws(Refusal) -> [UInt8] {
    do {
      return try connection.read(until: deadline)
    } catch {
      throw error == .late ? .slow(limits.reading) : .malformed("the body ends before the length that it says")
    }
  }

  /// Where `\r\n\r\n` begins.
  private static func emptyLine(in bytes: [UInt8], from start: Int) -> Int? {
    guard bytes.count >= start + 4 else { return nil }
    return (start...(bytes.count - 4)).first { index in
      bytes[index] == 0x0D && bytes[index + 1] == 0x0A && bytes[index + 2] == 0x0D && bytes[index + 3] == 0x0A
    }
  }
}
