import ArgumentParser
import Experiment
import Foundation
import Service
import Tensor

/// `palimpsest serve`
struct Serve: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Answer requests over HTTP as OpenAI's API is asked, with a policy that decides before each answer.",
    discussion: """
      Clients of OpenAI's API are given the address that is printed, with /v1 behind it: POST /v1/chat/completions, whole
      or in pieces, and GET /v1/models. What a policy lets the model think is in no answer; the field “palimpsest” tells
      what was decided, by which votes, and what that took. Ctrl-C lets running answers end; a second one ends them.

      EXAMPLES
        palimpsest serve aligned-small --votes 3
        palimpsest serve DIR --deliberate policy.yaml --port 0
        palimpsest serve DIR --host 0.0.0.0 --token-file token
        curl http://127.0.0.1:8080/v1/chat/completions \\
          -d '{"messages": [{"role": "user", "content": "How do I open my jar?"}]}'
      """)

  @Argument(help: ModelCommand.modelHelp, completion: .directory)
  var model: String

  @OptionGroup var policy: PolicyOptions

  @Option(help: "The address to listen at; one that other machines reach needs a token.")
  var host = "127.0.0.1"

  @Option(help: "The port to listen at; 0 for any that is free.")
  var port = 8080

  @Option(
    help: ArgumentHelp(
      "A file with the token that clients must show; PALIMPSEST_TOKEN may hold it instead.", valueName: "file"),
    completion: .file())
  var tokenFile: String?

  @Option(help: ArgumentHelp("Tokens of a response at most; the policy's own if left out.", valueName: "tokens"))
  var maxResponse: Int?

  @Option(help: ArgumentHelp("Answers that are computed at a time.", valueName: "answers"))
  var concurrent = ServiceLimits().concurrent

  @Option(help: ArgumentHelp("Requests that wait at most; others are told to come again.", valueName: "requests"))
  var queue = ServiceLimits().queue

  @Option(help: ArgumentHelp("Bytes of a request at most, as in 64K or 1M.", valueName: "amount"))
  var maxRequest = ByteCount(ServiceLimits().request)

  @Option(help: ArgumentHelp("How long an answer may take, waiting included.", valueName: "seconds"))
  var timeout = 300.0

  @Flag(help: "Print no line for each request.")
  var quiet = false

  @OptionGroup var engine: EngineOptions

  func validate() throws { _ = try limits() }

  func run() throws {
    try engine.apply()
    let limits = try limits()
    let address = try ServiceAddress(host: host, port: port)
    let token = try token()
    guard address.isLoopback || token != nil else { throw ServiceError.tokenNeeded(address: "\(address)") }
    let subject = try Subject(name: ModelPlace.of(model).lastPathComponent, directory: ModelPlace.of(model))
    let answerer = try Answerer(subject: subject, policy: try policy.policy(), most: maxResponse)
    let isQuiet = quiet
    let service = Service(answerer, at: address, limits: limits, token: token) { served in
      if !isQuiet { Terminal.status("\(served)") }
    }
    let bound = try service.start()
    Interrupt.watchStops { times in
      if times == 1 { Terminal.note("stopping when running answers have ended; press Ctrl-C again to end them") }
      service.stop(grace: times > 1 ? .zero : nil)
    }
    Terminal.output("\(subject.name) answers at \(bound)\n")
    service.wait()
  }

  private func token() throws -> BearerToken? {
    if let tokenFile { return try BearerToken(file: tokenFile) }
    return try ProcessInfo.processInfo.environment["PALIMPSEST_TOKEN"].map { try BearerToken($0) }
  }

  private func limits() throws -> ServiceLimits {
    func require(_ isRight: Bool, _ option: String, _ found: some CustomStringConvertible, _ expected: String) throws {
      if !isRight { throw ValidationError("“--\(option) \(found)”: expected \(expected)") }
    }
    try require(maxResponse ?? 1 >= 1, "max-response", maxResponse ?? 0, "at least 1 token")
    try require(concurrent >= 1, "concurrent", concurrent, "at least 1")
    try require(queue >= 0, "queue", queue, "0 or more requests")
    try require(maxRequest.bytes >= 1, "max-request", maxRequest, "at least 1 byte")
    try require(timeout > 0 && timeout.isFinite && timeout < 1e9, "timeout", timeout, "a number of seconds above 0")
    var limits = ServiceLimits()
    (limits.concurrent, limits.queue, limits.request) = (concurrent, queue, maxRequest.bytes)
    limits.answer = .seconds(timeout)
    return limits
  }
}
