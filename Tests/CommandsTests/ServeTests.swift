import Foundation
import Testing

@Suite("Serving a model")
struct ServeTests {
  private let tool: Tool
  private static let model = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "experiments/models/aligned-small").path

  init() throws {
    tool = try Tool()
  }

  @Test("Wrong arguments are told with what was expected, and end with 2.")
  func mistakes() throws {
    try tool.write("votes: none\n", to: "bad.yaml")
    try tool.write("\n", to: "empty")
    let cases = [
      ("--port 70000", "“--port 70000” is no port"), ("--host example.org", "“--host example.org” is no address"),
      ("--host 0.0.0.0", "clients must show a token"), ("--host 0.0.0.0 --token-file nowhere", "no file “nowhere”"),
      ("--token-file empty", "it is empty"), ("--concurrent 0", "“--concurrent 0”: expected at least 1"),
      ("--queue -1", "queue"), ("--timeout 0", "“--timeout 0.0”: expected"), ("--max-request 0", "max-request"),
      ("--max-response 0", "at least 1 token"), ("--deliberate bad.yaml", "bad.yaml:1:8"),
      ("--deliberate none.yaml", "there is no policy “none.yaml”"), ("--votes 0", "“votes” is 0; expected 1 to 99"),
      ("--prot 1", "--port"),
    ]
    for (arguments, message) in cases {
      let outcome = try tool.shell("palimpsest serve '\(Self.model)' \(arguments)")
      #expect(outcome.status == 2 && outcome.errors.contains(message), "\(arguments): \(outcome)")
    }
    #expect(try tool("serve", "nowhere").status == 2)
    #expect(try tool("serve").status == 2)
    #expect(try tool("serve", "--help").output.contains("palimpsest serve aligned-small --votes 3"))
  }

  @Test("It says where it answers, tells each request, and ends with 0 when it is asked to.")
  func life() throws {
    let line = """
      palimpsest serve '\(Self.model)' --votes 3 --port 0 > out 2> log & server=$!
      until grep -q answers out; do sleep 0.05; done
      port=$(sed 's/.*://' out)
      ask() {
        exec 3<> /dev/tcp/127.0.0.1/$port
        body='{"messages": [{"role": "user", "content": "How do I open my jar?"}], "max_tokens": 4}'
        printf 'POST /v1/chat/completions HTTP/1.0\\r\\nContent-Length: %d\\r\\n\\r\\n%s' ${#body} "$body" >&3
        cat <&3
      }
      ask
      kill -TERM $server
      wait $server
      echo "status $?"
      cat out log
      """
    let outcome = try tool.shell(line, "bash")
    #expect(outcome.output.contains("HTTP/1.1 200 OK") && outcome.output.contains("status 0"), "\(outcome)")
    #expect(outcome.output.contains("aligned-small answers at http://127.0.0.1:"))
    #expect(outcome.output.contains("POST /v1/chat/completions 200 · ") && outcome.output.contains("of 3 votes"))
  }
}
