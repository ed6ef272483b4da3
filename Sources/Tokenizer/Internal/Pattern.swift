import CPCRE2
import Foundation

/// A compiled regular expression (PCRE2, UTF-8, Unicode classes, JIT).
///
/// Compiled code is read-only and may be used by many threads; each search has its own match data.
final class Pattern: @unchecked Sendable {
  let source: String
  private let file: String
  private let code: OpaquePointer

  /// Steps that the search for one match may take, and as many more for each byte of the text. The patterns of published
  /// tokenizers take a few for each byte that they match; one that tries every way through a text takes endless ones.
  private static let steps = (least: 1_000_000, perByte: 32)
  /// Memory that the search may take, in KiB, and as much more for each 4 bytes of the text.
  private static let heap = 64 << 10

  /// - Parameter matchesLines: whether ^ and $ match at every line, as in Oniguruma, which tokenizer.json is written
  ///   for; else only at the ends of the text, as in the library that tiktoken uses.
  /// - Throws: `TokenizerError.malformedPattern`.
  init(_ source: String, file: String, matchesLines: Bool = true) throws {
    self.source = source
    self.file = file
    let ends = matchesLines ? PCRE2_MULTILINE : PCRE2_DOLLAR_ENDONLY
    let options = PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C | ends
    var number: Int32 = 0
    var offset = 0
    let pattern = Array(Pattern.withUnicodeClasses(source).utf8)
    guard let code = pcre2_compile_8(pattern, pattern.count, options, &number, &offset, nil) else {
      var message = [UInt8](repeating: 0, count: 200)
      let length = pcre2_get_error_message_8(number, &message, message.count)
      let reason = String(decoding: message.prefix(max(0, Int(length))), as: UTF8.self)
      throw TokenizerError.malformedPattern(file: file, pattern: source, offset: offset, reason: reason)
    }
    self.code = code
    pcre2_jit_compile_8(code, PCRE2_JIT_COMPLETE)
  }

  deinit { pcre2_code_free_8(code) }

  /// Calls back with every match, in order, as a range of `bytes`, which must be valid UTF-8. Empty matches are left out.
  ///
  /// - Throws: `TokenizerError.costlyPattern` if the search for a match takes too many steps, or too much memory.
  func forEachMatch(
    in bytes: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>) -> Void
  ) throws(TokenizerError) {
    guard let base = bytes.baseAddress, let match = pcre2_match_data_create_8(1, nil) else { return }
    defer { pcre2_match_data_free_8(match) }
    guard let vector = pcre2_get_ovector_pointer_8(match) else { return }
    let context = pcre2_match_context_create_8(nil)
    defer { pcre2_match_context_free_8(context) }
    let steps = UInt32(clamping: Self.steps.least + Self.steps.perByte * bytes.count)
    pcre2_set_match_limit_8(context, steps)
    pcre2_set_depth_limit_8(context, steps)
    pcre2_set_heap_limit_8(context, UInt32(clamping: Self.heap + bytes.count / 4))
    var position = 0
    while position < bytes.count {
      var result = pcre2_match_8(code, base, bytes.count, position, PCRE2_NO_UTF_CHECK, match, context)
      if result == PCRE2_ERROR_JIT_STACKLIMIT {
        // A very long match: the interpreter keeps its stack on the heap.
        result = pcre2_match_8(code, base, bytes.count, position, PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT, match, context)
      }
      if result == PCRE2_ERROR_NOMATCH { return }
      // 0 is a match too: one with groups, for which the match data have no room.
      guard result >= 0 else { throw .costlyPattern(file: file, pattern: source, bytes: bytes.count) }
      if vector[1] > vector[0] {
        body(vector[0]..<vector[1])
        position = vector[1]
      } else {
        position = vector[1] + 1
        while position < bytes.count, bytes[position] & 0xC0 == 0x80 { position += 1 }
      }
    }
  }

  /// `\s`, `\S`, `\w`, `\W` and `\h` spelled out as Oniguruma has them (PCRE2's own white space also holds U+180E, its
  /// words no marks, its `\h` is another kind of white space), and `\u00E9` as PCRE2 writes it.
  static func withUnicodeClasses(_ source: String) -> String {
    let space = #"\t-\r\x{85}\p{Z}"#
    let word = #"\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\x{B2}\x{B3}\x{B9}\x{BC}-\x{BE}"#
    let hexadecimal = "0-9A-Fa-f"
    var result = ""
    var depth = 0
    var scalars = source.unicodeScalars[...]
    while let scalar = scalars.popFirst() {
      switch scalar {
      case "\\":
        guard let escaped = scalars.popFirst() else { return result + "\\" }
        switch (escaped, depth > 0) {
        case ("s", true): result += space
        case ("s", false): result += "[\(space)]"
        case ("S", false): result += "[^\(space)]"
        case ("w", true): result += word
        case ("w", false): result += "[\(word)]"
        case ("W", false): result += "[^\(word)]"
        case ("h", true): result += hexadecimal
        case ("h", false): result += "[\(hexadecimal)]"
        case ("u", _) where scalars.first != "{":
          result += "\\x{\(String(String.UnicodeScalarView(scalars.prefix(4))))}"
          scalars = scalars.dropFirst(4)
        default:
          result.unicodeScalars.append("\\")
          result.unicodeScalars.append(escaped)
        }
        continue
      case "[": depth += 1
      case "]": depth = max(0, depth - 1)
      default: break
      }
      result.unicodeScalars.append(scalar)
    }
    return result
  }
}
