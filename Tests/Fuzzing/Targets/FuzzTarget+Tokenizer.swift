import Foundation
import Tokenizer

extension FuzzTarget {
  /// A text of many kinds of characters, with some that tokenizers treat specially.
  private static let text =
    "The 42 cats don't mind: na\u{ef}ve Zoe\u{301}  \u{65e5}\u{672c}\u{8a9e} \u{1f44d}\u{1f3fd}\t\u{a0}\r\n\n<|end|>[UNK] ##ab \u{2581}x\u{0}"

  /// A tokenizer that is read encodes any text and decodes what it encoded.
  static func checkTokenizer(_ bytes: UnsafeRawBufferPointer) throws {
    let place = "some/place"
    do {
      let tokenizer = try Tokenizer(files: ["tokenizer.json": Data(bytes)], source: place)
      try checkUse(of: tokenizer)
    } catch let error as TokenizerError {
      try Violation.unless(error, names: place)
    }
  }

  /// Ids are tokens, spans lie in the text, and decoding is the same in one step and in many.
  static func checkUse(of tokenizer: Tokenizer) throws {
    for (text, special, wrapped) in [(Self.text, false, false), (Self.text, true, true), ("", false, true)] {
      let ids = tokenizer.encode(text, special: special, wrapped: wrapped)
      for id in ids {
        try Violation.unless(tokenizer.token(id) != nil, "the text is encoded with the id \(id), which no token has")
        _ = tokenizer.displayString(id)
      }
      let tokens = tokenizer.encodeWithOffsets(text, special: special, wrapped: wrapped)
      try Violation.unless(tokens.ids == ids, "other ids with offsets: \(tokens.ids), not \(ids)")
      try Violation.unless(tokens.spans.count == ids.count, "\(tokens.spans.count) spans for \(ids.count) tokens")
      for span in tokens.spans {
        try Violation.unless(
          span.lowerBound >= 0 && span.upperBound <= text.utf8.count, "the span \(span) lies outside of the text")
      }
      for skipSpecial in [false, true] {
        var decoder = tokenizer.streamingDecoder(skipSpecial: skipSpecial)
        let pieces = ids.map { decoder.append($0) }.joined() + decoder.finish()
        let whole = tokenizer.decode(ids, skipSpecial: skipSpecial)
        try Violation.unless(
          pieces.utf8.elementsEqual(whole.utf8), "decoded as “\(whole)”, piece by piece as “\(pieces)”")
      }
    }
    _ = tokenizer.decode([-1, .max, tokenizer.vocabularySize, 0])
  }
}
