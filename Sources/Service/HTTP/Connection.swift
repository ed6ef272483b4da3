import FlyingSocks
import Foundation
import Synchronization

/// One client's connection: reads and writes that never wait beyond a moment they are given.
final class Connection: Sendable {
  /// Why nothing more is read or written.
  enum Failure: Error {
    /// The client has gone.
    case gone
    /// Nothing came, or nothing was taken, until the moment that was given.
    case late
  }

  private let socket: Socket
  /// Bytes that were read and belong to what comes next.
  private let pending = Mutex<[UInt8]>([])
  private let isBroken = Atomic(false)

  /// - Throws: `SocketError` if the system refuses the settings.
  init(_ socket: Socket) throws {
    self.socket = socket
    try socket.setFlags(.nonBlocking)
    // Each piece of a stream is to be seen when it is written.
    try socket.setValue(true, for: BoolSocketOption(level: Int32(IPPROTO_TCP), name: TCP_NODELAY))
  }

  /// Whether the client closed its end; what is said to it then reaches nobody.
  var isGone: Bool {
    if isBroken.load(ordering: .relaxed) { return true }
    var byte: UInt8 = 0
    let count = recv(socket.file.rawValue, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
    return count == 0 || (count < 0 && ![EAGAIN, EWOULDBLOCK, EINTR].contains(errno))
  }

  /// More bytes, at least one.
  ///
  /// - Parameters:
  ///   - deadline: until when they are waited for.
  ///   - isWanted: asked while they are waited for.
  func read(until deadline: ContinuousClock.Instant, while isWanted: () -> Bool = { true }) throws(Failure) -> [UInt8] {
    let kept = pending.withLock { bytes in
      defer { bytes = [] }
      return bytes
    }
    if !kept.isEmpty { return kept }
    while true {
      do {
        return try socket.read(atMost: 16_384)
      } catch SocketError.blocked {
        try wait(for: POLLIN, until: deadline, while: isWanted)
      } catch {
        throw Failure.gone
      }
    }
  }

  /// Puts bytes back that belong to the next request.
  func unread(_ bytes: some Sequence<UInt8>) { pending.withLock { $0 = Array(bytes) + $0 } }

  /// Writes all of it.
  ///
  /// - Throws: ``Failure`` if that cannot be, now or at an earlier write: what follows half a message belongs to it.
  func write(_ data: Data, until deadline: ContinuousClock.Instant) throws(Failure) {
    guard !isBroken.load(ordering: .relaxed) else { throw .gone }
    var index = data.startIndex
    while index < data.endIndex {
      do {
        index = try socket.write(data, from: index)
      } catch SocketError.blocked {
        do throws(Failure) {
          try wait(for: POLLOUT, until: deadline)
        } catch {
          // Part of it may be written, so that nothing else can follow.
          isBroken.store(true, ordering: .relaxed)
          throw error
        }
      } catch {
        isBroken.store(true, ordering: .relaxed)
        throw Failure.gone
      }
    }
  }

  /// Ends it. What the client still sends is taken for a moment, since it would not read the answer before it has sent
  /// everything, and a connection that is closed over unread bytes takes the answer with it.
  func close(draining: Bool) {
    if draining, shutdown(socket.file.rawValue, Int32(SHUT_WR)) == 0 {
      let deadline = ContinuousClock.now + .seconds(1)
      var most = 16 << 20
      while most > 0, let bytes = try? read(until: deadline) { most -= bytes.count }
    }
    try? socket.close()
  }

  private func wait(
    for event: Int32, until deadline: ContinuousClock.Instant, while isWanted: () -> Bool = { true }
  ) throws(Failure) {
    while true {
      let left = deadline - ContinuousClock.now
      guard left > .zero, isWanted() else { throw .late }
      var question = pollfd(fd: socket.file.rawValue, events: Int16(event), revents: 0)
      // In slices, so that it is noticed when nobody wants it any more.
      let answer = poll(&question, 1, Int32(min(200, left / .milliseconds(1) + 1)))
      if answer > 0 { return }
      if answer < 0, errno != EINTR { throw .gone }
    }
  }
}
