import Foundation
import Tokenizer

/// What is done with a checkpoint's tokenizer and chat template by themselves.
public enum TextTools {
  /// The lines of a file, or of standard input, that are not blank, with their numbers.
  ///
  /// - Throws: ``LineError`` if there is no such file; what reading throws.
  public static func lines(of file: String?) throws -> [(number: Int, text: String)] {
    guard let handle = file.map({ FileHandle(forReadingAtPath: $0) }) ?? .standardInput else {
      throw LineError(
        file: file ?? "", line: 1, expected: "a file with a line of JSON for each text", found: "no such file")
    }
    let text = String(decoding: try handle.readToEnd() ?? Data(), as: UTF8.self)
    return text.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" || $0 == "\r\n" }).enumerated()
      .map { ($0 + 1, String($1)) }.filter { !$0.1.allSatisfy(\.isWhitespace) }
  }

  /// Token ids of a line that holds a JSON text, or an object with one under `text`.
  ///
  /// - Parameters:
  ///   - number: the line's number, for messages.
  ///   - special: whether special tokens are added, and recognised in the text.
  /// - Throws: ``LineError`` if the line holds something else; `TokenizerError` if the tokenizer cannot encode it.
  public static func encode(
    _ line: String, number: Int, file: String, with tokenizer: Tokenizer, special: Bool
  ) throws -> [Int] {
    let value = try value(of: line, number, file)
    guard let text = value.string ?? value["text"]?.string else {
      throw LineError(file: file, line: number, expected: "a JSON text, as in \"How do I open a jar?\"", found: line)
    }
    let ids = tokenizer.encode(text, special: special, wrapped: special)
    if let failure = tokenizer.failure { throw failure }
    return ids
  }

  /// The text of a line that holds a JSON list of token ids.
  ///
  /// - Throws: ``LineError`` if the line holds something else.
  public static func decode(
    _ line: String, number: Int, file: String, with tokenizer: Tokenizer
  ) throws -> String {
    guard case .array(let items) = try value(of: line, number, file),
      case let ids = items.compactMap(\.int), ids.count == items.count
    else {
      throw LineError(file: file, line: number, expected: "a JSON list of token ids, as in [1, 2, 3]", found: line)
    }
    return tokenizer.decode(ids)
  }

  /// A conversation as the checkpoint's chat template writes it.
  ///
  /// - Parameter messages: a JSON list of objects with `role` and `content`, or an object with such a list under
  ///   `messages` and further variables of the template beside it.
  /// - Throws: an error of the tokenizer's files, of the template, or of the file of messages.
  public static func render(
    _ messages: URL, for checkpoint: URL, addGenerationPrompt: Bool
  ) throws -> String {
    guard let data = try? Data(contentsOf: messages) else {
      throw LineError(file: messages.relativePath, line: 1, expected: "a JSON list of messages", found: "no such file")
    }
    let document = try OrderedJSON.read(data, file: messages.relativePath)
    var variables: [String: OrderedJSON] = [:]
    for member in document.members ?? [] where member.key != "messages" { variables[member.key] = member.value }
    guard case .array(let turns)? = document.members == nil ? document : document["messages"] else {
      throw LineError(
        file: messages.relativePath, line: 1,
        expected: "a JSON list of messages, as in [{\"role\": \"user\", \"content\": \"Hello\"}]",
        found: "something else")
    }
    let template = try Tokenizer.chatTemplate(of: checkpoint)
    return try template.renderWithOffsets(json: turns, addGenerationPrompt: addGenerationPrompt, extra: variables).text
  }

  private static func value(of line: String, _ number: Int, _ file: String) throws -> OrderedJSON {
    do {
      return try OrderedJSON.read(Data(line.utf8), file: file)
    } catch {
      throw LineError(file: file, line: number, expected: "a line of JSON", found: line)
    }
  }
}

/// A line of input that cannot be used.
public struct LineError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Where it comes from.
  public let file: String
  /// Its number, from 1.
  public let line: Int
  /// What was expected there.
  public let expected: String
  /// What stands there.
  public let found: String

  /// What was expected, what was found, and where.
  public var description: String {
    let shown = found.count > 60 ? "\(found.prefix(60))…" : found
    return "\(file):\(line):1: error: expected \(expected), found: \(shown)"
  }
}
