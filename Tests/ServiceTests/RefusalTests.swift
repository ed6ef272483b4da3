import Deliberation
import Foundation
import Service
import Testing

@Suite("What is not answered")
struct RefusalTests {
  @Test("Each mistake has its status, names its field, and says what was expected; the server goes on.")
  func mistakes() throws {
    let running = try Running(most: 4)
    let turn = #""messages": [{"role": "user", "content": "hello"}]"#
    let cases: [(body: String, param: String?, message: String)] = [
      ("", "messages", "the body is empty"), ("{\"messages\": [}", nil, "line 1, column 15"),
      ("{\n  \"stream\": tru\n}", nil, "line 2"), ("[]", nil, "a list of 0"),
      ("{}", "messages", "there are no messages"),
      (String(repeating: "[", count: 500), nil, "nested deeper"),
      (#"{"messages": []}"#, "messages", "there are no messages"),
      (#"{"messages": "hello"}"#, "messages", "expected a list of turns"),
      (#"{"messages": [{"role": "user", "content": "  "}]}"#, "messages", "the request is empty"),
      (#"{"messages": [{"role": "tool", "content": "x"}]}"#, "messages[0].role", "expected system, user"),
      (#"{"messages": [{"role": "user"}]}"#, "messages[0].content", "has no “content”"),
      (#"{"messages": [{"content": "x"}]}"#, "messages[0].role", "has no “role”"),
      (#"{"messages": [{"role": "user", "content": "x", "nmae": "y"}]}"#, "messages[0].nmae", "there is no field"),
      (#"{"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}"#, "messages[0].content[0]", "image_url"),
      ("{\(turn), \"temprature\": 1}", "temprature", "did you mean “temperature”?"),
      ("{\(turn), \"temperature\": 3}", "temperature", "from 0"),
      ("{\(turn), \"max_tokens\": 0}", "max_tokens", "at least 1"),
      ("{\(turn), \"max_tokens\": 1, \"max_completion_tokens\": 2}", "max_completion_tokens", "differ"),
      ("{\(turn), \"n\": 2}", "n", "expected 1"), ("{\(turn), \"logprobs\": true}", "logprobs", "expected false"),
      ("{\(turn), \"tools\": [{}]}", "tools", "cannot do"), ("{\(turn), \"top_p\": 0.5}", "top_p", "expected 1"),
      ("{\(turn), \"stop\": [\"\"]}", "stop", "none empty"), ("{\(turn), \"seed\": 1.5}", "seed", "a whole number"),
      ("{\(turn), \"stream\": \"yes\"}", "stream", "true or false"), ("{\(turn), \(turn)}", "messages", "given twice"),
      ("{\(turn), \"stream_options\": {\"usage\": true}}", "stream_options.usage", "there is no field"),
    ]
    for (body, param, message) in cases {
      let reply = try running.post(body)
      let fault = try reply.json().error
      #expect(reply.status == 400 && fault?.type == "invalid_request_error", "\(body): \(reply.text)")
      #expect(fault?.param == param && fault?.message.contains(message) == true, "\(body): \(reply.text)")
    }
    let fine = #"{"messages": [{"role": "system", "content": null}]}"#
    #expect(try running.post(fine).status == 400)
    let accepted =
      #", "n": 1, "tools": null, "user": "me", "top_p": 1.0, "metadata": {}, "response_format": {"type": "text"}"#
    #expect(try running.post("{\(turn)\(accepted)}").status == 200)
    let parts =
      #"{"messages": [{"role": "user", "content": [{"type": "text", "text": "hel"}, {"type": "text", "text": "lo"}]}]}"#
    #expect(try running.post(parts).response() == running.post("{\(turn)}").response())
  }

  @Test(
    "A prompt that does not fit is told by how much; the model, the path, the method and the length have their own.")
  func places() throws {
    var policy = DeliberationPolicy()
    (policy.think, policy.maxResponse) = (8, 4)
    let running = try Running(try Answerer(subject: try Running.subject.get(), policy: policy)) { $0.request = 50_000 }
    let long = try running.ask(String(repeating: "How do I open my jar? ", count: 300))
    let fault = try long.json().error
    #expect(long.status == 400 && fault?.code == "context_length_exceeded")
    #expect(fault?.message.contains("tokens long") == true && fault?.message.contains("more than the") == true)
    #expect(try running.ask("hello", #""model": "gpt-4""#).status == 404)
    #expect(try running.ask("hello", #""model": "aligned-small""#).status == 200)
    #expect(try running.get("/v1/chat/completions").status == 405)
    #expect(try running.get("/v1/models", method: "DELETE").text.contains("Allow: GET, HEAD\r\n"))
    #expect(try running.get("/v1/modles").body.contains("did you mean /v1/models?"))
    #expect(try running.get("/v1/models").body.contains(#""id":"aligned-small""#))
    #expect(try running.get("/v1/models/aligned-small").status == 200 && running.get("/v1/models/other").status == 404)
    #expect(try running.get("/health?x=1").body == "{\"status\":\"ok\"}\n")
    let large = try running.ask(String(repeating: "x", count: 200_000))
    #expect(large.status == 413 && large.body.contains("at most 50000 bytes"), "\(large.text)")
    let chunk = String(repeating: "x", count: 60_000)
    let chunked = try running.send(
      "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "\(String(chunk.count, radix: 16))\r\n\(chunk)\r\n0\r\n\r\n")
    #expect(chunked.status == 413)
  }

  @Test(
    "Without its token nothing is answered but that it runs; at an address that others reach it does not run without.")
  func tokens() throws {
    let running = try Running(Endless().answerer, token: " secret-1\n")
    for header in [
      "", "Authorization: secret-1\r\n", "Authorization: Bearer secret-2\r\n", "Authorization: Bearer \r\n",
    ] {
      let reply = try running.post(Running.question("hello"), headers: header)
      #expect(reply.status == 401 && reply.text.contains("WWW-Authenticate: Bearer\r\n"), "\(reply.text)")
      #expect(try reply.json().error?.type == "authentication_error")
    }
    #expect(try running.get("/v1/models").status == 401 && running.get("/health").status == 200)
    let known =
      "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nAuthorization: bearer secret-1\r\nConnection: close\r\n\r\n"
    #expect(try running.send(known).status == 200)
    #expect(throws: ServiceError.self) { try BearerToken(" \n") }
    #expect(throws: ServiceError.self) { try BearerToken("two words") }
    let open = Service(Endless().answerer, at: try ServiceAddress(host: "0.0.0.0", port: 0))
    #expect(throws: ServiceError.tokenNeeded(address: "http://0.0.0.0:0")) { try open.start() }
    for (host, port) in [("nowhere", 1), ("127.1", 1), ("127.0.0.1", 70_000), ("::1", -1)] {
      #expect(throws: ServiceError.self) { try ServiceAddress(host: host, port: port) }
    }
    let taken = Service(Endless().answerer, at: running.address)
    #expect(throws: ServiceError.inUse(address: "\(running.address)")) { try taken.start() }
  }

  @Test("What is no HTTP is told so, and what is odd but right is read.")
  func transport() throws {
    let running = try Running(most: 2)
    let body = Running.question("hello")
    let wrong = [
      ("hello\r\n\r\n", 400), ("GET /v1/models HTTP/3\r\n\r\n", 505),
      ("GET /v1/models HTTP/1.1\r\nHost: localhost\r\nbad header\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\nA: " + String(repeating: "x", count: 40_000), 431),
      ("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400),
      (
        "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n"
          + "Transfer-Encoding: chunked\r\n\r\n", 400
      ),
      ("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
      ("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
    ]
    for (text, status) in wrong { #expect(try running.send(text).status == status, "\(text.prefix(80))") }
    let half = body.utf8.count / 2
    let chunks =
      "\(String(half, radix: 16));x=y\r\n\(body.prefix(half))\r\n"
      + "\(String(body.utf8.count - half, radix: 16))\r\n\(body.dropFirst(half))\r\n0\r\nA: b\r\n\r\n"
    let chunked =
      "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n\(chunks)"
    #expect(try running.send(chunked).status == 200)
    let old = "POST /v1/chat/completions HTTP/1.0\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    #expect(try running.send(old).status == 200)
    let oldStream = Running.question("hello", #""stream": true"#)
    let stream = try running.send(
      "POST /v1/chat/completions HTTP/1.0\r\nContent-Length: \(oldStream.utf8.count)\r\n\r\n\(oldStream)")
    #expect(!stream.text.contains("chunked") && stream.body.hasSuffix("data: [DONE]\n\n"))
    // Requests one behind the other on one connection, with a mistake between them.
    let three = try running.send(
      Running.request(body, close: false) + Running.request("{", close: false) + "\r\n" + Running.request(body))
    #expect(three.text.components(separatedBy: "HTTP/1.1 200 OK").count == 3)
    #expect(three.text.components(separatedBy: "HTTP/1.1 400 Bad Request").count == 2)
    let patient = try running.post(body, headers: "Expect: 100-continue\r\n")
    #expect(patient.text.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK"))
  }

  @Test("A head that two readers could cut differently is refused, and nothing behind it is read.")
  func heads() throws {
    let running = try Running(most: 2)
    let (get, host) = ("GET /health HTTP/1.1\r\n", "Host: localhost\r\n")
    let chunked =
      "POST /v1/chat/completions HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\n\r\n"
    let wrong = [
      "\(get)\r\n", "\(get)\(host)\(host)\r\n", "\(get)\(host)A : b\r\n\r\n", "\(get)\(host) A: b\r\n\r\n",
      "\(get)\(host)A: b\nC: d\r\n\r\n", "\(get)\(host)A: b\rC: d\r\n\r\n", "\(get)\(host)A: b\0\r\n\r\n",
      "\(get)\(host)Ä: b\r\n\r\n", "\(get)\(host)A(: b\r\n\r\n", "\(get)\(host): b\r\n\r\n",
      "GET /health\u{B} HTTP/1.1\r\n\(host)\r\n", "G(T /health HTTP/1.1\r\n\(host)\r\n",
      "POST /health HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "\(chunked)0\n\r\n", "\(chunked)0\r\n\n", "\(chunked)1\n{\r\n0\r\n\r\n", "\(chunked)+0\r\n\r\n",
      "\(chunked)\u{A0}0\r\n\r\n", "\(chunked);\r\n\r\n", "\(chunked)0;a\rb\r\n\r\n",
    ]
    for text in wrong {
      let reply = try running.send(text + "\(get)\(host)\r\n")
      #expect(reply.status == 400 && reply.text.contains("Connection: close\r\n"), "\(text): \(reply.text)")
      #expect(reply.text.components(separatedBy: "HTTP/1.1 ").count == 2, "\(text): \(reply.text)")
    }
    let right = "\(get)\(host)A:\t b \t\r\nB:\r\nConnection: \tclose \r\n\r\n"
    #expect(try running.send(right).status == 200)
    #expect(try running.send("GET /health HTTP/1.0\r\n\r\n").status == 200)
  }

  @Test("Without a token only this machine's own names and pages are answered; with one, all that show it.")
  func pages() throws {
    let (open, closed) = (try Running(Endless().answerer), try Running(Endless().answerer, token: "secret"))
    func status(_ running: Running, _ host: String, _ headers: String = "") throws -> Int {
      try running.send("GET /v1/models HTTP/1.1\r\nHost: \(host)\r\n\(headers)Connection: close\r\n\r\n").status
    }
    for host in ["localhost", "LOCALHOST:80", "127.0.0.1", "127.9.8.7:65535", "[::1]", "[::1]:8080"] {
      #expect(try status(open, host) == 200, "\(host)")
      #expect(try status(open, host, "Origin: http://\(host)\r\n") == 200, "\(host)")
    }
    for host in [
      "here", "localhost.example", "127.0.0.1.example", "127.1", "10.0.0.1", "[::2]", "::1", "[::1]x", "[::1", "",
      "localhost:x", "user@localhost", "localhost, example", "127.0.0.256", "127.0.0.+1",
    ] {
      #expect(try status(open, host) == 403, "\(host)")
      #expect(try status(open, "localhost", "Origin: http://\(host)\r\n") == 403, "\(host)")
    }
    #expect(try status(open, "localhost", "Origin: null\r\n") == 403)
    let told = try open.send("GET http://here/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    #expect(told.status == 403 && told.body.contains("Host is “here”") && told.body.contains("--token-file"))
    let shown = "Origin: https://example.org\r\nAuthorization: Bearer secret\r\n"
    #expect(try status(closed, "example.org", shown) == 200 && status(closed, "example.org") == 401)
  }

  @Test("HEAD is answered as GET is, without the body; an address in the first line is as good as a path.")
  func forms() throws {
    let running = try Running(Endless().answerer)
    for path in ["/v1/models", "/v1/models/endless", "/health", "/nowhere"] {
      let (get, head) = (try running.get(path), try running.get(path, method: "HEAD"))
      #expect(head.status == get.status && head.body.isEmpty, "\(head.text)")
      #expect(head.text.contains("Content-Length: \(get.body.utf8.count)\r\n"), "\(head.text)")
    }
    #expect(try running.get("/v1/chat/completions", method: "HEAD").status == 405)
    for (target, status) in [
      ("http://localhost/v1/models", 200), ("HTTP://127.0.0.1:80/health?x=/y", 200), ("http://localhost", 404),
      ("http://localhost?x", 404), ("http:///health", 400), ("ftp://localhost/health", 400), ("health", 400),
    ] {
      #expect(try running.get(target).status == status, "\(target)")
    }
  }
}
