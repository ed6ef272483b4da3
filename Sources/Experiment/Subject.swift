import Foundation
import Manuscript
import Tensor
import Tokenizer
import Transformer

/// The model under study: its weights, its tokenizer, and its chat template.
public struct Subject: Sendable {
  /// The name that documents give it.
  public let name: String
  /// The transformer.
  public let model: Model
  /// The tokenizer that belongs to it.
  public let tokenizer: Tokenizer
  private let template: ChatTemplate
  /// SHA-256 over configuration, weights, tokenizer and template: what results depend on.
  public let digest: Digest
  /// The directory or the GGUF file that it was read from.
  public let directory: URL

  /// Reads a Hugging Face model directory, or a GGUF file.
  ///
  /// - Parameters:
  ///   - name: what records call it.
  ///   - directory: the directory or the file.
  ///   - chatTemplate: a file whose template takes the place of the model's own.
  /// - Throws: an error of the checkpoint, the tokenizer or the template; `SubjectError` if they do not fit each other.
  public init(name: String, directory: URL, chatTemplate: URL? = nil) throws {
    self.name = name
    self.directory = directory
    model = try Model.load(from: directory)
    tokenizer = try Tokenizer.load(from: directory)
    let own = try chatTemplate.map { try String(contentsOf: $0, encoding: .utf8) }
    template = try own.map(tokenizer.chatTemplate(replacedBy:)) ?? tokenizer.chatTemplate()
    guard tokenizer.vocabularySize <= model.configuration.vocabularySize else {
      throw SubjectError.vocabulary(
        directory: directory.path, tokenizer: tokenizer.vocabularySize, model: model.configuration.vocabularySize)
    }
    digest = Digest(of: "\(model.digest) \(tokenizer.digest)" + (own.map { " \(Digest(of: $0))" } ?? ""))
  }

  /// The tokens that end a response.
  public var stop: Set<Int> {
    Set(model.configuration.endOfText + [tokenizer.eosID].compactMap { $0 })
  }

  /// A data row as a prompt: its text is the user's turn, and the prompt ends where the model is to answer.
  ///
  /// The spans of the row's `spans` column, given as `[start, end]` in UTF-8 bytes of the text, become token ranges.
  /// - Parameters:
  ///   - row: the data row.
  ///   - index: its place in the data.
  ///   - data: the data, for messages.
  ///   - answered: whether the row's `response` stands behind the prompt, as if the model had said it.
  ///   - variables: more variables of the template.
  /// - Throws: `SubjectError` if the row has no text, or the template loses it; `TemplateError`; `TokenizerError`.
  public func prompt(
    for row: Dataset.Row, at index: Int, in data: Dataset, answered: Bool = false,
    variables: [String: OrderedJSON] = [:]
  ) throws -> Prompt {
    guard let text = row["text"]?.plain, !text.isEmpty else {
      throw SubjectError.noText(data: data.name, row: data.numbers[index], columns: data.columns)
    }
    let chat = try template.renderWithOffsets([.user(text)], addGenerationPrompt: true, extra: variables)
    let response = answered ? row["response"]?.plain ?? "" : ""
    let tokens = tokenizer.encodeWithOffsets(chat.text + response, special: true)
    if let failure = tokenizer.failure { throw failure }
    let end = chat.text.utf8.count
    // A token that holds bytes of both belongs to the response: it is nothing that the prompt alone would give.
    let answer = response.isEmpty ? nil : tokens.tokens(covering: end..<end + response.utf8.count)
    guard let content = chat.range(ofMessage: 0), let instruction = tokens.tokens(covering: content) else {
      throw SubjectError.lostText(model: name, data: data.name, row: data.numbers[index])
    }
    var spans: [String: Range<Int>] = [:]
    if case .group(let named)? = row["spans"] {
      for (span, value) in named {
        guard case .list(let ends) = value, ends.count == 2, case .number(let first) = ends[0],
          case .number(let last) = ends[1], let start = Int(exactly: first), let end = Int(exactly: last),
          start >= 0, start < end, end <= text.utf8.count
        else { throw SubjectError.badSpan(data: data.name, row: data.numbers[index], span: span) }
        if let place = chat.range(of: start..<end, inMessage: 0) {
          spans[span] = tokens.tokens(covering: place)
        }
      }
    }
    return Prompt(
      row: index, instructionText: text, text: chat.text, tokens: tokens.ids, instruction: instruction,
      postInstruction: instruction.upperBound..<(answer?.lowerBound ?? tokens.ids.count), spans: spans, response: answer
    )
  }

  /// The tokens of a conversation, up to where the model is to answer.
  ///
  /// What people write is text: special tokens that are spelled in it stay text, and cannot pass for the template's own.
  /// - Parameter variables: more variables of the template.
  /// - Throws: `TemplateError`, `TokenizerError`.
  public func prompt(of messages: [ChatMessage], variables: [String: OrderedJSON] = [:]) throws -> [Int] {
    let chat = try template.renderWithOffsets(messages, addGenerationPrompt: true, extra: variables)
    let whole = tokenizer.encodeWithOffsets(chat.text, special: true)
    let contents = messages.indices.compactMap(chat.range(ofMessage:)).sorted { $0.lowerBound < $1.lowerBound }
    let isForged = zip(whole.ids, whole.spans).contains { id, span in
      tokenizer.isSpecial(id) && contents.contains { $0.overlaps(span) }
    }
    guard isForged else {
      if let failure = tokenizer.failure { throw failure }
      return whole.ids
    }
    let bytes = Array(chat.text.utf8)
    var (tokens, place) = ([Int](), 0)
    func add(_ range: Range<Int>, special: Bool) {
      tokens += tokenizer.encode(String(decoding: bytes[range], as: UTF8.self), special: special)
    }
    for content in contents where content.lowerBound >= place {
      add(place..<content.lowerBound, special: true)
      add(content, special: false)
      place = content.upperBound
    }
    add(place..<bytes.count, special: true)
    if let failure = tokenizer.failure { throw failure }
    return tokens
  }

  /// The token that a position means in a prompt.
  ///
  /// - Throws: `SubjectError.noPosition` if the prompt has no such place.
  public func index(of position: Position, in prompt: Prompt, data: Dataset) throws -> Int {
    guard let index = position.resolve(in: prompt) else {
      throw SubjectError.noPosition(
        position: "\(position)", data: data.name, row: data.numbers[prompt.row], text: prompt.instructionText)
    }
    return index
  }

  /// How many tokens a row's prompt has; `nil` if it cannot be made.
  public func tokenCount(of row: Dataset.Row, in data: Dataset) -> Int? {
    (try? prompt(for: row, at: 0, in: data))?.tokens.count
  }
}

/// A model and its data that do not fit each other.
public enum SubjectError: Error, Hashable, Sendable, CustomStringConvertible {
  case vocabulary(directory: String, tokenizer: Int, model: Int)
  case noText(data: String, row: Int, columns: [String])
  case lostText(model: String, data: String, row: Int)
  case badSpan(data: String, row: Int, span: String)
  case noPosition(position: String, data: String, row: Int, text: String)

  /// What was found, what was expected, where, and what to do.
  public var description: String {
    switch self {
    case .vocabulary(let directory, let tokenizer, let model):
      "\(directory): the tokenizer has \(tokenizer) tokens, but the model's vocabulary only \(model); "
        + "they belong to different models: check where tokenizer.json comes from"
    case .noText(let data, let row, let columns):
      "row \(row) of the data “\(data)” has no “text”; name the column that holds the request: "
        + "data: {file: …, columns: {text: …}}\n  columns: \(columns.joined(separator: ", "))"
    case .lostText(let model, let data, let row):
      "the chat template of “\(model)” leaves out the text of row \(row) of the data “\(data)”; check the template"
    case .badSpan(let data, let row, let span):
      "the span “\(span)” of row \(row) of the data “\(data)” is not [start, end] in bytes of its text"
    case .noPosition(let position, let data, let row, let text):
      "the prompt of row \(row) of the data “\(data)” has no position “\(position)”: “\(text)”"
    }
  }
}
