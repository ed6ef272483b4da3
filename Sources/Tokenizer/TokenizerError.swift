import Foundation

/// What can be wrong with a tokenizer's files, or with what is asked of the trainer.
public enum TokenizerError: Error, Equatable, CustomStringConvertible {
  /// A directory has none of the files that a tokenizer is read from.
  case noTokenizer(directory: String, readable: [String])
  /// A directory has several files of which one should be the tokenizer.
  case severalTokenizers(directory: String, files: [String])
  /// A file that must be there is not.
  case missingFile(path: String)
  /// A file is there but cannot be read.
  case unreadableFile(path: String, reason: String)
  /// A file cannot be written.
  case unwritableFile(path: String, reason: String)
  /// The text is not JSON; line and column count from 1.
  case malformedJSON(file: String, line: Int, column: Int, reason: String)
  /// A value is missing or of another type; `path` is the way to it, such as `model.vocab`.
  case unexpectedValue(file: String, path: String, expected: String, found: String)
  /// A kind of model, normalizer, pre-tokenizer, decoder or post-processor that is not implemented.
  case unsupported(file: String, path: String, found: String, supported: [String])
  /// A merge names a token (or makes one) that the vocabulary does not have.
  case mergeOutsideVocabulary(file: String, place: String, left: String, right: String, missing: String)
  /// A protocol buffer is cut off or is none; the offset counts bytes from 0.
  case malformedProtobuf(file: String, offset: Int, reason: String)
  /// Two tokens claim one id, or one token has two ids.
  case conflictingTokens(file: String, first: String, second: String, id: Int)
  /// A byte-level vocabulary that cannot spell every text.
  case missingByte(file: String, byte: UInt8)
  /// A regular expression that PCRE2 does not accept.
  case malformedPattern(file: String, pattern: String, offset: Int, reason: String)
  /// A regular expression that tries endless ways to match a text.
  case costlyPattern(file: String, pattern: String, bytes: Int)
  /// A text that grows beyond all measure on its way to tokens or from them; `part` says by what.
  case growingText(file: String, part: String, bytes: Int, limit: Int)
  /// The directory has no chat template.
  case noChatTemplate(directory: String)
  /// The trainer was asked for something that its texts cannot give.
  case vocabularyOutOfReach(asked: Int, reached: Int, reason: String)

  /// What was expected, what was found, where, and what to do.
  public var description: String {
    switch self {
    case .noTokenizer(let directory, let readable):
      "\(directory): no tokenizer. Expected one of \(readable.joined(separator: "; ")); "
        + "check the model's path, or save the tokenizer again with transformers' save_pretrained."
    case .severalTokenizers(let directory, let files):
      "\(directory): expected one tokenizer, found \(files.joined(separator: " and ")). Remove all but one."
    case .missingFile(let path):
      "\(path): no such file, but the files beside it need it. Download it again."
    case .unreadableFile(let path, let reason):
      "\(path): cannot be read: \(reason)."
    case .unwritableFile(let path, let reason):
      "\(path): cannot be written: \(reason)."
    case .malformedJSON(let file, let line, let column, let reason):
      "\(file):\(line):\(column): not valid JSON: \(reason). The file may be truncated; download it again."
    case .unexpectedValue(let file, let path, let expected, let found):
      "\(file): \(path): expected \(expected), found \(found)."
    case .unsupported(let file, let path, let found, let supported):
      "\(file): \(path): “\(found)” is not supported. Supported: \(supported.joined(separator: ", "))."
    case .mergeOutsideVocabulary(let file, let place, let left, let right, let missing):
      "\(file): \(place) joins “\(left)” and “\(right)”, but the vocabulary has no “\(missing)”. "
        + "Vocabulary and merges come from different tokenizers; download the file again."
    case .malformedProtobuf(let file, let offset, let reason):
      "\(file): not a valid protocol buffer at byte \(offset): \(reason). The file may be truncated; "
        + "download it again."
    case .conflictingTokens(let file, let first, let second, let id):
      "\(file): the tokens “\(first)” and “\(second)” both claim id \(id)."
    case .missingByte(let file, let byte):
      "\(file): the byte-level vocabulary has no token for byte 0x\(String(byte, radix: 16, uppercase: true)) "
        + "and no unknown token, so some texts cannot be encoded."
    case .malformedPattern(let file, let pattern, let offset, let reason):
      "\(file): the pattern “\(pattern)” is malformed at offset \(offset): \(reason)."
    case .costlyPattern(let file, let pattern, let bytes):
      "\(file): the pattern “\(pattern)” takes too many steps on a text of \(bytes) bytes; expected one that goes "
        + "through a text without trying every way. Take out repeats of repeats, such as (a+)+, or use the tokenizer "
        + "that the model was published with."
    case .growingText(let file, let part, let bytes, let limit):
      "\(file): the \(part) makes more than \(limit) bytes of a text of \(bytes); expected a text of about the same "
        + "length. Take out the replacements that put more in the place of less, or use the tokenizer that the model was "
        + "published with."
    case .noChatTemplate(let directory):
      "\(directory): no chat template (neither chat_template.jinja nor `chat_template` in tokenizer_config.json). "
        + "Give one with the model's `chat_template` key, or use plain prompts."
    case .vocabularyOutOfReach(let asked, let reached, let reason):
      "A vocabulary of \(asked) tokens was asked for; \(reached) is possible: \(reason)."
    }
  }
}
