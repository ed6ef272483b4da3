/// One text that the model is trained on, in pieces that the loss weighs differently.
public struct Document: Sendable, Hashable {
  /// How the answer is reached.
  public enum Mode: String, CaseIterable, Codable, Sendable, Hashable {
    /// The response follows at once.
    case direct
    /// Thoughts, then a decision token, then the response.
    case deliberate
    /// Meaningless tokens in place of thoughts, then a decision token, then the response.
    case filler

    /// The special token that asks for it; filler is asked for as deliberation.
    public var token: String { self == .direct ? "<|direct|>" : "<|deliberate|>" }
  }

  /// What a piece is, to the loss.
  public enum Role: String, CaseIterable, Codable, Sendable, Hashable {
    /// The request in its chat template.
    case prompt
    /// `<think> … </think>`.
    case thoughts
    /// `<think><filler>…</think>`.
    case filler
    /// `<refuse>`, `<caveat>` or `<comply>`, one token.
    case decision
    /// The line break between decision and response.
    case separator
    /// The response, up to and with `<eot>`.
    case response
  }

  /// A piece: tokenize each on its own, and lay the tokens end to end. Pieces meet only at special tokens and line
  /// breaks, so the whole text gives the same tokens.
  public struct Segment: Sendable, Hashable {
    /// What it is.
    public let role: Role
    /// Its text, special tokens included.
    public let text: String
  }

  /// How much a token counts in the loss.
  public struct Weights: Sendable, Hashable, Codable {
    /// Tokens of the prompt.
    public var prompt = 0.1
    /// The first token of the response, and the decision token.
    public var decision = 5.0
    /// Thoughts, separators and the rest of the response.
    public var text = 1.0
    /// Filler.
    public var filler = 0.0

    /// The weights that the recipe was found with.
    public init() {}

    /// The weight of the token at `index` within a segment of this role (as the token to be predicted).
    public func weight(of role: Role, at index: Int) -> Double {
      switch role {
      case .prompt: prompt
      case .filler: filler
      case .thoughts, .separator: text
      case .decision: decision
      case .response: index == 0 ? decision : text
      }
    }
  }

  /// What is asked.
  public let request: Request
  /// How the answer is reached.
  public let mode: Mode
  /// What is thought first; empty unless the mode is ``Mode/deliberate``.
  public let thoughts: String
  /// The answer, without `<eot>`.
  public let response: String
  /// The pieces, in order.
  public let segments: [Segment]

  /// The whole text.
  public var text: String { segments.map(\.text).joined() }

  /// Writes a request and its answer in the chat template.
  /// - Parameter fillers: how many `<filler>` tokens stand in place of thoughts, in filler mode.
  public init(request: Request, mode: Mode, response: String, fillers: Int = 0) {
    self.request = request
    self.mode = mode
    self.response = response
    var segments = [Segment(role: .prompt, text: Document.prompt(request.text, mode: mode))]
    switch mode {
    case .direct: thoughts = ""
    case .deliberate:
      thoughts = request.thoughts
      segments.append(Segment(role: .thoughts, text: "<think> \(thoughts)</think>"))
    case .filler:
      thoughts = ""
      let filler = String(repeating: "<filler>", count: fillers)
      segments.append(Segment(role: .filler, text: "<think>\(filler)</think>"))
    }
    if mode != .direct {
      segments.append(Segment(role: .decision, text: request.label.token))
      segments.append(Segment(role: .separator, text: "\n"))
    }
    segments.append(Segment(role: .response, text: response + "<eot>"))
    self.segments = segments
  }

  /// A request in the chat template, up to where the model goes on: five tokens follow the user's words.
  public static func prompt(_ request: String, mode: Mode) -> String {
    "<|user|>\(request)<|end|>\n<|assistant|>\(mode.token)\n"
  }

  /// The chat template as Jinja, for `tokenizer_config.json`; `deliberate` is a variable of the template. Line breaks
  /// are expressions, since Jinja may trim those that follow a tag.
  public static let chatTemplate = [
    "{% for message in messages %}",
    "{% if message['role'] == 'user' %}{{ '<|user|>' + message['content'] + '<|end|>\\n' }}",
    "{% elif message['role'] == 'assistant' %}",
    "{% if deliberate is defined and deliberate %}",
    "{{ '<|assistant|><|deliberate|>\\n' + message['content'] + '<eot>' }}",
    "{% else %}{{ '<|assistant|><|direct|>\\n' + message['content'] + '<eot>' }}{% endif %}",
    "{% endif %}{% endfor %}",
    "{% if add_generation_prompt %}",
    "{% if deliberate is defined and deliberate %}{{ '<|assistant|><|deliberate|>\\n' }}",
    "{% else %}{{ '<|assistant|><|direct|>\\n' }}{% endif %}{% endif %}",
  ].joined()
}
