import Tokenizer

extension ChatRequest {
  /// What a request may say.
  static let fields: [RequestField] = [
    RequestField("model", "the model's name") { value, request in
      request.model = value.string
      return request.model != nil
    },
    RequestField("messages") { value, request throws(Refusal) in request.messages = try readMessages(value) },
    RequestField("max_tokens") { value, request throws(Refusal) in try readLimit(value, "max_tokens", &request) },
    RequestField("max_completion_tokens") { value, request throws(Refusal) in
      try readLimit(value, "max_completion_tokens", &request)
    },
    RequestField("stream", "true or false") { value, request in
      request.streams = value.bool ?? false
      return value.bool != nil
    },
    RequestField("stream_options") { value, request throws(Refusal) in try readStreamOptions(value, &request) },
    RequestField("temperature", "a number from 0, the likeliest token each time, to 2") { value, request in
      guard let number = value.number, (0...2).contains(number) else { return false }
      request.temperature = number
      return true
    },
    RequestField("seed", "a whole number") { value, request in
      request.seed = value.int.map { UInt64(bitPattern: Int64($0)) }
      return request.seed != nil
    },
    RequestField("stop", "a text, or a list of up to 4, none empty") { value, request in
      let texts = value.string.map { [$0] } ?? value.array?.compactMap(\.string) ?? []
      request.stop = texts
      return texts.count == value.array?.count ?? 1 && texts.count <= 4 && !texts.contains("")
    },
    // Who asks, and in which context, changes no answer.
    RequestField("user", "a text") { value, _ in value.string != nil },
    RequestField("metadata", "an object") { value, _ in value.members != nil },
    RequestField("parallel_tool_calls", "true or false") { value, _ in value.bool != nil },
    RequestField("n", only: "1: a request has one answer") { $0.int == 1 },
    RequestField("top_p", only: "1") { $0.number == 1 },
    RequestField("presence_penalty", only: "0") { $0.number == 0 },
    RequestField("frequency_penalty", only: "0") { $0.number == 0 },
    RequestField("logit_bias", only: "{}", accepts: \.isEmpty),
    RequestField("logprobs", only: "false") { $0.bool == false },
    RequestField("top_logprobs", only: "0") { $0.int == 0 },
    RequestField("tools", only: "[]", accepts: \.isEmpty),
    RequestField("tool_choice", only: "“none”") { $0.string == "none" },
    RequestField("functions", only: "[]", accepts: \.isEmpty),
    RequestField("function_call", only: "“none”") { $0.string == "none" },
    RequestField("response_format", only: "{\"type\": \"text\"}") { $0["type"]?.string == "text" },
    RequestField("modalities", only: "[\"text\"]") { $0.array?.map(\.string) == ["text"] },
    RequestField("store", only: "false: nothing is kept") { $0.bool == false },
    RequestField("service_tier", only: "“auto” or “default”") { ["auto", "default"].contains($0.string) },
    RequestField("reasoning_effort", only: "nothing: the policy says how it thinks") { _ in false },
  ]

  private static func readLimit(_ value: OrderedJSON, _ name: String, _ request: inout ChatRequest) throws(Refusal) {
    guard let number = value.int, number >= 1 else {
      throw .field(name, "“\(name)” is \(value.kind); expected a whole number of at least 1")
    }
    guard request.maxTokens ?? number == number else {
      throw .field(name, "“max_tokens” and “max_completion_tokens” differ; expected one of them, or equal ones")
    }
    request.maxTokens = number
  }

  private static func readStreamOptions(_ value: OrderedJSON, _ request: inout ChatRequest) throws(Refusal) {
    guard let members = value.members else {
      throw .field("stream_options", "“stream_options” is \(value.kind); expected {\"include_usage\": true}")
    }
    var includes = false
    try read(members, in: "stream_options") { name, value throws(Refusal) in
      switch name {
      case "include_usage":
        guard let wish = value.bool else {
          throw .field("stream_options.include_usage", "“include_usage” is \(value.kind); expected true or false")
        }
        includes = wish
      // Padding against readers of lengths; none is added.
      case "include_obfuscation" where value.bool == false: break
      default: throw .unknown(name, among: ["include_usage"], in: "stream_options")
      }
    }
    request.includesUsage = includes
  }
}
