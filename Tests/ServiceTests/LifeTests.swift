import Deliberation
import Foundation
import Service
import Testing

@Suite("The service's life")
struct LifeTests {
  private static let question = Running.request(Running.question("hello"))

  @Test("Who comes when too many wait is told when to come again, and who waits is answered in turn.")
  func queue() throws {
    let endless = Endless()
    let running = try Running(endless.answerer) { ($0.concurrent, $0.queue) = (1, 1) }
    let (first, second) = (try Client(running.address), try Client(running.address))
    try first.send(Self.question)
    #expect(Running.eventually { endless.began.value == 1 })
    try second.send(Self.question)
    #expect(Running.eventually { running.service.load == (1, 1) })
    let third = try running.send(Self.question)
    #expect(third.status == 429 && third.text.contains("Retry-After: "), "\(third.text)")
    #expect(try third.json().error?.type == "rate_limit_error")
    first.close()
    #expect(Running.eventually { endless.ended.value == 1 && endless.began.value == 2 })
    second.close()
    #expect(Running.eventually { running.service.load == (0, 0) })
  }

  @Test("A client that leaves ends what is computed for it: waiting, thinking, or in the middle of a stream.")
  func leaving() throws {
    for body in [Running.question("hello"), Running.question("hello", #""stream": true"#)] {
      for word in ["", "word"] {
        let endless = Endless(word: word)
        let running = try Running(endless.answerer)
        let (client, waiting) = (try Client(running.address), try Client(running.address))
        try client.send(Running.request(body))
        #expect(Running.eventually { endless.began.value == 1 })
        try waiting.send(Running.request(body))
        #expect(Running.eventually { running.service.load.waiting == 1 })
        waiting.close()
        #expect(Running.eventually { running.service.load.waiting == 0 } && endless.ended.value == 0)
        if !word.isEmpty, body.contains("stream") { #expect(client.more() != nil) }
        client.close()
        #expect(Running.eventually { endless.ended.value == 1 && running.service.load.running == 0 })
        #expect(endless.began.value == 1)
      }
    }
  }

  @Test("A client that leaves stops the model too, in the middle of its thoughts.")
  func leavingModel() throws {
    var policy = DeliberationPolicy()
    (policy.votes, policy.temperature, policy.think) = (32, 1.5, 200)
    let answerer = try Answerer(subject: try Running.subject.get(), policy: policy)
    let running = try Running(answerer)
    let client = try Client(running.address)
    try client.send(Self.question)
    #expect(Running.eventually { running.service.load.running == 1 })
    client.close()
    #expect(Running.eventually { running.service.load.running == 0 })
  }

  @Test("An answer that takes too long is a status of its own; in the middle of a stream it is an event.")
  func timeOuts() throws {
    let silent = try Running(Endless().answerer) { $0.answer = .milliseconds(80) }
    for more in ["", #""stream": true"#] {
      let reply = try silent.ask("hello", more)
      #expect(reply.status == 504 && reply.body.contains("answer_timeout"), "\(reply.text)")
      #expect(try reply.json().error?.type == "server_error")
    }
    let talking = try Running(Endless(word: "word").answerer) { $0.answer = .milliseconds(80) }
    #expect(try talking.ask("hello").status == 504)
    let stream = try talking.ask("hello", #""stream": true"#)
    #expect(stream.status == 200 && !stream.body.contains("[DONE]"))
    #expect(try stream.response() == "word" && stream.events().last?.error?.code == "answer_timeout")
    #expect(try silent.get("/health").status == 200)
  }

  @Test("A request that does not come to its end is given up with a status; a connection without one is closed.")
  func slowRequests() throws {
    let running = try Running(Endless().answerer) { ($0.reading, $0.idle) = (.milliseconds(80), .milliseconds(120)) }
    for begun in [
      "POST /v1/chat/comp",
      "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{\"mess",
    ] {
      let client = try Client(running.address)
      try client.send(begun)
      let reply = Reply(client.rest())
      #expect(reply.status == 408 && reply.text.contains("Connection: close"), "\(reply.text)")
      #expect(try reply.json().error?.code == "request_timeout")
    }
    #expect(try Client(running.address).rest().isEmpty)
    #expect(try running.get("/health").status == 200)
  }

  @Test("An answer that is left unread is the last on its connection, whole or in pieces.")
  func unread() throws {
    let long = String(repeating: "word ", count: 4 << 20)
    for more in ["", #""stream": true"#] {
      let count = Counter()
      let answerer = Answerer(model: "long") { _, _, onText in
        count.add()
        onText(long)
        return Answer(response: long, finish: .stop, ledger: TokenLedger())
      }
      let running = try Running(answerer) { $0.stall = .milliseconds(80) }
      let client = try Client(running.address)
      let request = Running.request(Running.question("hello", more), close: false)
      try client.send(request + request)
      #expect(Running.eventually { count.value == 1 && running.service.load.running == 0 })
      // Until the write is given up.
      Thread.sleep(forTimeInterval: 1)
      let text = client.rest()
      #expect(count.value == 1 && text.components(separatedBy: "HTTP/1.1 ").count == 2)
      #expect(text.utf8.count < long.utf8.count && !text.contains("[DONE]"))
    }
  }

  @Test("Who connects when all connections are taken is told so at once, and is served when one is free again.")
  func crowded() throws {
    let running = try Running(Endless().answerer) { ($0.concurrent, $0.queue, $0.roomForConnections) = (1, 1, 4) }
    let idle = try (0..<4).map { _ in try Client(running.address) }
    let refused = Reply(try Client(running.address).rest())
    #expect(refused.status == 503 && refused.text.contains("Retry-After: 1"), "\(refused.text)")
    #expect(try refused.json().error?.code == "too_many_connections")
    idle[0].close()
    #expect(Running.eventually { (try? running.get("/health").status) == 200 })
    for client in idle.dropFirst() { client.close() }
  }

  @Test("Stopping refuses who comes and who waits, lets running answers end for a while, and then ends them.")
  func stopping() throws {
    let (stopped, released) = (Counter(), Counter())
    let slow = Answerer(model: "slow") { _, isCancelled, _ in
      while released.value == 0, !isCancelled() { Thread.sleep(forTimeInterval: 0.005) }
      if isCancelled() { stopped.add() }
      return Answer(response: "done", finish: .stop, ledger: TokenLedger())
    }
    let running = try Running(slow) { $0.grace = .seconds(30) }
    let (first, second, idle) = (try Client(running.address), try Client(running.address), try Client(running.address))
    try first.send(Self.question)
    #expect(Running.eventually { running.service.load.running == 1 })
    try second.send(Self.question)
    #expect(Running.eventually { running.service.load.waiting == 1 })
    running.service.stop()
    #expect(Reply(second.rest()).status == 503)
    #expect(idle.rest().isEmpty)
    #expect(Running.eventually { (try? Client(running.address)) == nil }, "nobody new is let in")
    released.add()
    let reply = Reply(first.rest())
    #expect(try reply.status == 200 && reply.response() == "done")
    running.service.wait()
    #expect(stopped.value == 0)

    let endless = Endless()
    let other = try Running(endless.answerer) { $0.grace = .milliseconds(50) }
    let client = try Client(other.address)
    try client.send(Self.question)
    #expect(Running.eventually { endless.began.value == 1 })
    other.service.stop()
    #expect(Reply(client.rest()).status == 503)
    other.service.wait()
    #expect(endless.ended.value == 1)
  }

  @Test("An answer that fails is told, and the next one is given.")
  func failing() throws {
    struct Broken: Error {}
    let count = Counter()
    let running = try Running(
      Answerer(model: "broken") { _, _, _ in
        count.add()
        if count.value == 1 { throw Broken() }
        return Answer(response: "fine", finish: .stop, ledger: TokenLedger())
      })
    #expect(try running.ask("hello").status == 500)
    #expect(try running.ask("hello").response() == "fine")
  }
}
