import Foundation

/// Turns a conversation into a prompt, as a model's own Jinja template says.
///
///     let template = try tokenizer.chatTemplate()
///     let chat = try template.renderWithOffsets([.user("How do I open a jar?")], addGenerationPrompt: true)
///     let tokens = tokenizer.encodeWithOffsets(chat.text, special: true)
///     let instruction = chat.range(ofMessage: 0).flatMap(tokens.tokens(covering:))
///
/// The language is Jinja as transformers sets it up: `trim_blocks`, `lstrip_blocks`, loop controls, `tojson` without
/// HTML escapes, `raise_exception` and `strftime_now`; nothing can be changed in place but namespaces. A template
/// reaches nothing outside of what it is given, and stops after a bounded number of steps. `strftime_now` tells a
/// fixed date (26 July 2024 unless another is given), because a prompt must not depend on the day it is made.
public struct ChatTemplate: Sendable {
  /// The template's source.
  public let source: String
  /// Variables that every rendering sees, such as `bos_token`.
  public var variables: [String: OrderedJSON]
  /// What `strftime_now` tells, in seconds since 1970 (UTC).
  public var clock: Int

  private let statements: [Statement]

  /// Reads a template.
  /// - Throws: `TemplateError` with the line, if the source is not valid or uses what is not implemented.
  public init(source: String, variables: [String: OrderedJSON] = [:]) throws {
    self.source = source
    self.variables = variables
    clock = TemplateClock.standard.seconds
    statements = try Parser.parse(source)
  }

  /// The prompt of a conversation.
  /// - Parameters:
  ///   - messages: the turns in order.
  ///   - addGenerationPrompt: whether the prompt ends where the model is to answer.
  ///   - extra: more variables; they win over `variables`.
  /// - Throws: `TemplateError`, also when the template itself refuses the messages.
  public func render(
    _ messages: [ChatMessage], addGenerationPrompt: Bool, extra: [String: OrderedJSON] = [:]
  ) throws -> String {
    try renderWithOffsets(messages, addGenerationPrompt: addGenerationPrompt, extra: extra).text
  }

  /// The prompt of a conversation, and where each message's content stands in it. Parameters as of `render`.
  public func renderWithOffsets(
    _ messages: [ChatMessage], addGenerationPrompt: Bool, extra: [String: OrderedJSON] = [:]
  ) throws -> RenderedChat {
    try renderWithOffsets(
      json: messages.map { ["role": .string($0.role), "content": .string($0.content)] },
      addGenerationPrompt: addGenerationPrompt, extra: extra)
  }

  /// The prompt of a conversation whose messages have other keys too (tool calls and the like).
  /// - Parameter messages: objects; a `content` that is a text is tracked.
  public func renderWithOffsets(
    json messages: [OrderedJSON], addGenerationPrompt: Bool, extra: [String: OrderedJSON] = [:]
  ) throws -> RenderedChat {
    guard messages.count <= Text.maximumSources else {
      throw TemplateError(.limit, "more than \(Text.maximumSources) messages", line: 1)
    }
    var values: [Value] = []
    for (index, message) in messages.enumerated() {
      guard case .object(let members) = message else {
        throw TemplateError(.value, "message \(index) is \(message.kind), not an object", line: 1)
      }
      var dictionary = Value.Dictionary()
      for member in members {
        if member.key == "content", let content = member.value.string, content.utf8.count <= Text.maximumOffset {
          dictionary.set(.text("content"), .string(Text(content, source: index + 1)))
        } else {
          dictionary.set(.text(member.key), Value(member.value))
        }
      }
      values.append(.dictionary(dictionary))
    }
    var globals: [String: Value] = ["tools": .none, "documents": .none]
    for (name, value) in variables { globals[name] = Value(value) }
    for (name, value) in extra { globals[name] = Value(value) }
    globals["messages"] = .list(values)
    globals["add_generation_prompt"] = .bool(addGenerationPrompt)
    let evaluator = Evaluator(clock: TemplateClock(seconds: clock))
    let text = try evaluator.render(statements, variables: globals)
    let contents = messages.map { $0["content"]?.string ?? "" }
    return Provenance.chat(text, contents: contents)
  }
}

extension Tokenizer {
  /// The model's chat template, with its special tokens as variables (`bos_token`, `eos_token` ...).
  /// - Throws: `TokenizerError.noChatTemplate`, or `TemplateError` if it cannot be read.
  public func chatTemplate() throws -> ChatTemplate {
    try settings.chatTemplate(source: source.isEmpty ? "the tokenizer" : source)
  }

  /// Another template in place of the model's own, with the same variables.
  /// - Throws: `TemplateError` if it cannot be read.
  public func chatTemplate(replacedBy template: String) throws -> ChatTemplate {
    try ChatTemplate(source: template, variables: settings.templateVariables)
  }
}

extension TokenizerSettings {
  /// The chat template, with special tokens as variables.
  ///
  /// - Parameter place: what errors call the place that the settings come from.
  func chatTemplate(source place: String) throws -> ChatTemplate {
    guard let chatTemplate else { throw TokenizerError.noChatTemplate(directory: place) }
    return try ChatTemplate(source: chatTemplate, variables: templateVariables)
  }

  /// The special tokens by the names that templates use.
  var templateVariables: [String: OrderedJSON] {
    var variables: [String: OrderedJSON] = [:]
    let named = [
      "bos_token": beginToken, "eos_token": endToken, "pad_token": paddingToken, "unk_token": unknownToken,
    ]
    for (name, token) in named { variables[name] = token.map { .string($0) } }
    return variables
  }
}
