import Deliberation
import Foundation
import Synchronization

/// One request for an answer, from its body to the last byte of the answer.
struct Exchange: Sendable {
  let answerer: Answerer
  let turns: Turns
  let limits: ServiceLimits
  let stopping: Stopping
  let connection: Connection
  let request: HTTPRequest
  let start: ContinuousClock.Instant
  let keepsConnection: Bool

  /// What became of it.
  enum Outcome: Sendable {
    /// There is a response to send.
    case response(HTTPResponse, Account)
    /// All was sent already; the connection stays or not.
    case sent(Account?, leavesConnection: Bool)
    /// The client has gone.
    case gone
  }

  /// Answers.
  ///
  /// - Throws: ``Refusal`` for what is not answered, as long as nothing of an answer was sent.
  func answer(_ body: [UInt8]) throws(Refusal) -> Outcome {
    let wanted = try ChatRequest(parsing: body)
    guard wanted.model ?? answerer.model == answerer.model else { throw .noModel(wanted.model ?? "", answerer.model) }
    let watch = Watch(connection, until: start + limits.answer, stopping)
    guard try turns.take(while: { watch.ending == nil }) else { return try end(watch, nil) }
    let begin = ContinuousClock.now
    defer { turns.give(after: .now - begin) }
    watch.begin()
    guard watch.ending == nil else { return try end(watch, nil) }
    let header = AnswerHeader(
      id: "chatcmpl-\(UUID().uuidString.replacing("-", with: "").lowercased())",
      created: Int(Date().timeIntervalSince1970), model: answerer.model, fingerprint: answerer.fingerprint)
    let stream =
      wanted.streams
      ? EventStream(connection, for: request, keepsConnection: keepsConnection, stall: limits.stall) : nil
    let firstSeen = Mutex<Duration?>(nil)
    do {
      let answer = try answerer.answer(wanted) {
        watch.ending != nil
      } _: { text in
        firstSeen.withLock { if $0 == nil { $0 = .now - start } }
        guard let stream else { return }
        if !stream.hasBegun { stream.send(ChatChunk.beginning(header)) }
        stream.send(ChatChunk.text(text, header))
      }
      if watch.stoppedIt { return try end(watch, stream) }
      let account = Account(
        answer, policy: answerer.policy, firstSeen: firstSeen.withLock { $0 }, queued: begin - start)
      guard let stream else {
        return .response(.json(ChatCompletion(answer, header: header, account: account)), account)
      }
      if !stream.hasBegun { stream.send(ChatChunk.beginning(header)) }
      stream.send(ChatChunk.ending(answer.finish, account, header))
      if wanted.includesUsage { stream.send(ChatChunk.usage(Usage(answer.ledger), header)) }
      stream.finish()
      return stream.wasSent ? .sent(account, leavesConnection: stream.leavesConnection) : .gone
    } catch {
      if watch.stoppedIt { return try end(watch, stream) }
      return try tell(Refusal(answering: error), stream)
    }
  }

  /// Ends an answer that nobody wants any more.
  private func end(_ watch: Watch, _ stream: EventStream?) throws(Refusal) -> Outcome {
    switch watch.ending {
    case .gone, nil: return .gone
    case .late: return try tell(.late(limits.answer), stream)
    case .stopping: return try tell(.stopping, stream)
    }
  }

  /// What went wrong has a status if nothing was sent yet, and is an event of the stream if something was.
  private func tell(_ refusal: Refusal, _ stream: EventStream?) throws(Refusal) -> Outcome {
    guard let stream, stream.hasBegun else { throw refusal }
    stream.send(refusal.body)
    stream.end()
    return .sent(nil, leavesConnection: stream.leavesConnection && refusal.keepsConnection)
  }
}

extension Refusal {
  static func noModel(_ found: String, _ known: String) -> Refusal {
    Refusal(
      status: .notFound, message: "there is no model “\(found.prefix(80))” here; expected “\(known)”, or none named",
      param: "model", code: "model_not_found")
  }
}
