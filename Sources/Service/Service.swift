import Dispatch
import FlyingSocks
import Foundation
import Synchronization

/// A server that answers as OpenAI's API is asked: `POST /v1/chat/completions`, whole or in pieces, and `GET /v1/models`.
///
///     let service = Service(answerer, at: try ServiceAddress(host: "127.0.0.1", port: 0))
///     print(try service.start())
///     service.wait()
///
/// Connections have a thread each, answers are computed so many at a time (``ServiceLimits/concurrent``), and the others
/// wait in the order in which they came. Nothing that a client sends ends it.
public final class Service: Sendable {
  /// What answers.
  public let answerer: Answerer
  /// How much, and how long.
  public let limits: ServiceLimits
  let router: Router
  let turns: Turns
  let stopping = Stopping()
  let onServed: @Sendable (Served) -> Void
  private let address: ServiceAddress
  private let created = Int(Date().timeIntervalSince1970)
  private let connections = Atomic<Int>(0)
  /// What runs: the thread that listens, and one for each connection.
  private let running = DispatchGroup()

  /// A service that has not begun.
  ///
  /// - Parameters:
  ///   - token: what clients must show; nothing if `nil`.
  ///   - onServed: told of each request, from any thread.
  public init(
    _ answerer: Answerer, at address: ServiceAddress, limits: ServiceLimits = ServiceLimits(),
    token: BearerToken? = nil,
    onServed: @escaping @Sendable (Served) -> Void = { _ in }
  ) {
    (self.answerer, self.address, self.limits, self.onServed) = (answerer, address, limits, onServed)
    router = Router(token: token)
    turns = Turns(concurrent: limits.concurrent, most: limits.queue)
  }

  /// Begins to listen, and returns.
  ///
  /// - Returns: where, with the port that it got.
  /// - Throws: ``ServiceError`` if it cannot listen there, or other machines reach it and no token is set.
  public func start() throws -> ServiceAddress {
    guard address.isLoopback || router.token != nil else {
      throw ServiceError.tokenNeeded(address: address.description)
    }
    // A client that goes away is told by the write that fails.
    signal(SIGPIPE, SIG_IGN)
    let (socket, bound) = try address.listen()
    run { self.listen(socket) }
    return bound
  }

  /// Stops: nobody new is served, who waits is told so, and what is computed may go on for a while.
  ///
  /// - Parameter grace: for how long; the limits' own if `nil`.
  public func stop(grace: Duration? = nil) { stopping.begin(grace: grace ?? limits.grace) }

  /// Waits until it was stopped and everything has ended.
  public func wait() { running.wait() }

  /// How many answers are computed, and how many requests wait.
  public var load: (running: Int, waiting: Int) { (turns.running, turns.waiting) }

  /// What the service says of itself.
  func describe(_ route: Router.Route) throws(Refusal) -> HTTPResponse {
    let model = ModelEntry(id: answerer.model, created: created)
    switch route {
    case .models: return .json(ModelList(data: [model]))
    case .model(let name):
      guard name == answerer.model else { throw .noModel(name, answerer.model) }
      return .json(model)
    case .health, .answer:
      return .json(["status": stopping.hasBegun ? "stopping" : "ok"])
    }
  }

  private func listen(_ socket: Socket) {
    while !stopping.hasBegun {
      var question = pollfd(fd: socket.file.rawValue, events: Int16(POLLIN), revents: 0)
      guard poll(&question, 1, 100) > 0 else { continue }
      do {
        let connection = try Connection(Socket(file: socket.accept().file))
        welcome(connection)
      } catch SocketError.blocked {
        continue
      } catch {
        // No files are left, or the client has gone already: others come.
        Thread.sleep(forTimeInterval: 0.02)
      }
    }
    try? socket.close()
  }

  private func welcome(_ connection: Connection) {
    guard connections.add(1, ordering: .relaxed).newValue <= limits.connections else {
      connections.subtract(1, ordering: .relaxed)
      try? connection.write(Refusal.crowded.response.data(for: nil, keepsConnection: false), until: .now)
      return connection.close(draining: false)
    }
    run {
      Visit(service: self, connection: connection).run()
      self.connections.subtract(1, ordering: .relaxed)
    }
  }

  private func run(_ body: @escaping @Sendable () -> Void) {
    running.enter()
    Thread.detachNewThread {
      body()
      self.running.leave()
    }
  }
}
