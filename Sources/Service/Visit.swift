import Foundation

/// A client's connection, request after request, on a thread of its own: answering is computing, and would hold up
/// whatever shares a pool of threads with it.
struct Visit: Sendable {
  let service: Service
  let connection: Connection

  /// Serves until either side has had enough.
  func run() {
    let reader = RequestReader(connection: connection, limits: service.limits)
    while true {
      do {
        guard let request = try reader.head(while: { !service.stopping.hasBegun }) else {
          return connection.close(draining: false)
        }
        guard serve(request, reader) else { return }
      } catch {
        service.onServed(Served(nil, error.status))
        return connection.close(draining: send(error.response, for: nil, keepsConnection: false))
      }
    }
  }

  /// Serves one request.
  ///
  /// - Returns: whether another can follow; if not, the connection is closed.
  private func serve(_ request: HTTPRequest, _ reader: RequestReader) -> Bool {
    let start = ContinuousClock.now
    var keeps = request.keepsConnection && !service.stopping.hasBegun
    var hasReadBody = !request.hasBody
    var served = Served(request, .ok)
    do throws(Refusal) {
      let route = try service.router.route(request)
      let body = try reader.body(of: request)
      hasReadBody = true
      switch route {
      case .answer:
        let exchange = Exchange(
          answerer: service.answerer, turns: service.turns, limits: service.limits, stopping: service.stopping,
          connection: connection, request: request, start: start, keepsConnection: keeps)
        switch try exchange.answer(body) {
        case .response(let response, let account):
          served.account = account
          if !send(response, for: request, keepsConnection: keeps) { (served.isCut, keeps) = (true, false) }
        case .sent(let account, let leavesConnection):
          served.account = account
          served.isCut = account == nil
          keeps = leavesConnection
        case .gone:
          served.isCut = true
          keeps = false
        }
      case .models, .model, .health:
        if !send(try service.describe(route), for: request, keepsConnection: keeps) {
          (served.isCut, keeps) = (true, false)
        }
      }
    } catch {
      served.status = error.status.rawValue
      keeps = keeps && error.keepsConnection && hasReadBody && !service.stopping.hasBegun
      if !send(error.response, for: request, keepsConnection: keeps) { (served.isCut, keeps) = (true, false) }
    }
    served.duration = .now - start
    service.onServed(served)
    if !keeps { connection.close(draining: !hasReadBody) }
    return keeps
  }

  /// Sends a response.
  ///
  /// - Returns: whether all of it was taken.
  private func send(_ response: HTTPResponse, for request: HTTPRequest?, keepsConnection: Bool) -> Bool {
    do {
      try connection.write(
        response.data(for: request, keepsConnection: keepsConnection), until: .now + service.limits.stall)
      return true
    } catch {
      return false
    }
  }
}
