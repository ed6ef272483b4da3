import Foundation
import Testing
import Tokenizer

@Suite struct TokenizerFileTests {
  private let bytes: [(String, Int)]

  init() throws {
    let tokenizer = try BytePairTrainer(vocabularySize: 256).train(on: [])
    bytes = (0..<256).map { (tokenizer.token($0) ?? "", $0) }
  }

  /// A tokenizer.json with a few things changed.
  private func load(
    vocabulary: [(String, Int)] = [], merges: String = "[]", model: String = "\"type\": \"BPE\"", top: String = "",
    preTokenizer: String = #"{"type": "ByteLevel", "add_prefix_space": false, "use_regex": true}"#,
    config: String? = nil
  ) throws -> Tokenizer {
    let vocab = try (bytes + vocabulary).map { name, id in
      String(decoding: try JSONEncoder().encode(name), as: UTF8.self) + ": \(id)"
    }
    let json = """
      {\(top) "pre_tokenizer": \(preTokenizer), "decoder": {"type": "ByteLevel"},
       "model": {\(model), "vocab": {\(vocab.joined(separator: ", "))}, "merges": \(merges)}}
      """
    let scratch = try Scratch()
    try Data(json.utf8).write(to: scratch.url.appendingPathComponent("tokenizer.json"))
    if let config { try Data(config.utf8).write(to: scratch.url.appendingPathComponent("tokenizer_config.json")) }
    return try Tokenizer.load(directory: scratch.url)
  }

  @Test("Merges are read in both forms.")
  func mergeForms() throws {
    let pairs = try load(vocabulary: [("ab", 256), ("abc", 257)], merges: #"[["a", "b"], ["ab", "c"]]"#)
    let texts = try load(vocabulary: [("ab", 256), ("abc", 257)], merges: #"["a b", "ab c"]"#)
    #expect(pairs.encode("abcab") == [257, 256])
    #expect(texts.encode("abcab") == [257, 256])
  }

  @Test("A post-processor with an id that lies between those of tokens, and is none's, is refused.")
  func wrappingBetweenTokens() throws {
    func top(_ id: Int) -> String {
      #""post_processor": {"type": "BertProcessing", "cls": ["[CLS]", \#(id)], "sep": ["[SEP]", 0]},"#
    }
    #expect(try load(vocabulary: [("ab", 300)], top: top(300)).encode("c", wrapped: true).first == 300)
    let error = #expect(throws: TokenizerError.self) { try load(vocabulary: [("ab", 300)], top: top(280)) }
    #expect(try #require(error).description.contains("post_processor.cls[1]: expected the id of a token"))
  }

  @Test("Whole words win over merges where the file says so.")
  func ignoreMerges() throws {
    let vocabulary = [("ab", 256), ("bc", 257), ("abc", 258)]
    let merges = #"["b c"]"#
    #expect(try load(vocabulary: vocabulary, merges: merges).encode("abc") == [64, 257])
    let model = #""type": "BPE", "ignore_merges": true"#
    #expect(try load(vocabulary: vocabulary, merges: merges, model: model).encode("abc") == [258])
  }

  @Test("Added tokens take white space and need word ends as they say.")
  func addedTokens() throws {
    func token(_ id: Int, _ content: String, _ flags: String) -> String {
      #"{"id": \#(id), "content": "\#(content)", "special": false, "normalized": false\#(flags)}"#
    }
    let top =
      "\"added_tokens\": ["
      + [
        token(256, "<l>", #", "lstrip": true"#), token(257, "<r>", #", "rstrip": true"#),
        token(258, "word", #", "single_word": true"#), token(259, "<lx>", ""), token(260, "<lx>y", ""),
      ].joined(separator: ", ") + "],"
    let tokenizer = try load(top: top)
    let tokens = tokenizer.encodeWithOffsets("a \n<l> b<r>  c")
    #expect(tokens.ids.filter { $0 > 255 } == [256, 257])
    #expect(tokens.spans[1] == 1..<6)
    #expect(tokens.spans[4] == 8..<13)
    #expect(tokenizer.encode("word swords word").filter { $0 == 258 }.count == 2)
    #expect(tokenizer.encode("<lx>y<lx>") == [260, 259])
  }

  @Test("Normalized text still points back to where it came from.")
  func normalized() throws {
    let tokenizer = try load(top: #""normalizer": {"type": "NFC"},"#)
    let text = "cafe\u{301} b"
    let tokens = tokenizer.encodeWithOffsets(text)
    #expect(tokenizer.decode(tokens.ids).utf8.elementsEqual("café b".utf8))
    #expect(tokens.spans == [0..<1, 1..<2, 2..<3, 3..<3, 3..<6, 6..<7, 7..<8])
  }

  @Test("Splits keep, drop or attach what they cut at.")
  func splits() throws {
    func words(_ behavior: String, _ text: String) throws -> [Int] {
      let split = #"{"type": "Split", "pattern": {"String": "-"}, "behavior": "\#(behavior)", "invert": false}"#
      let level = #"{"type": "ByteLevel", "add_prefix_space": false, "use_regex": false}"#
      return try load(
        vocabulary: [("a-", 256), ("-a", 257), ("--", 258)], merges: #"["a -", "- a", "- -"]"#,
        preTokenizer: #"{"type": "Sequence", "pretokenizers": [\#(split), \#(level)]}"#
      ).encode(text)
    }
    let (a, dash) = (64, 12)
    #expect(try words("Isolated", "a--a") == [a, dash, dash, a])
    #expect(try words("Removed", "a--a") == [a, a])
    #expect(try words("MergedWithPrevious", "a--a") == [256, dash, a])
    #expect(try words("MergedWithNext", "a--a") == [a, dash, 257])
    #expect(try words("Contiguous", "a--a") == [a, 258, a])
  }

  @Test("White space of every kind is white space, and U+180E is none.")
  func whiteSpace() throws {
    let tokenizer = try load(
      vocabulary: [("áłİ!", 256)], merges: "[]",
      preTokenizer: #"{"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": "\\s+"}, "#
        + #""behavior": "Removed"}, {"type": "ByteLevel", "add_prefix_space": false, "use_regex": false}]}"#)
    #expect(tokenizer.decode(tokenizer.encode("a\u{85}\u{3000}\u{2003} \u{1680}\u{180E}b")) == "a\u{180E}b")
  }

  @Test("Wrapping adds what the post-processor asks for, or what the configuration does.")
  func wrapping() throws {
    let added = #""added_tokens": [{"id": 256, "content": "<s>", "special": true}],"#
    let template =
      #""post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}], "special_tokens": {"<s>": {"id": "<s>", "ids": [256], "tokens": ["<s>"]}}},"#
    let processed = try load(top: added + template)
    #expect(processed.encode("a", wrapped: true) == [256, 64])
    #expect(processed.encode("a") == [64])
    #expect(processed.encodeWithOffsets("a", wrapped: true).spans == [0..<0, 0..<1])
    let config = #"{"bos_token": {"content": "<s>"}, "eos_token": "<s>", "add_bos_token": true, "add_eos_token": true}"#
    #expect(try load(top: added, config: config).encode("a", wrapped: true) == [256, 64, 256])
  }

  @Test("A directory without tokenizer.json, or with one that is not JSON, is refused with the place.")
  func malformed() throws {
    let scratch = try Scratch()
    let path = scratch.url.appendingPathComponent("tokenizer.json")
    #expect {
      try Tokenizer.load(directory: scratch.url)
    } throws: {
      guard case TokenizerError.noTokenizer(scratch.url.path, let readable) = $0 else { return false }
      return readable.count == 4
    }
    for (text, line, column) in [
      ("{\"a\": \n  oops}", 2, 3), ("", 1, 1), ("{\"a\": 01}", 1, 7), ("[1, 2", 1, 6), ("{} x", 1, 4),
      ("\"\\q\"", 1, 2), (String(repeating: "[", count: 100_000), 1, 129), ("{\"a\" 1}", 1, 6), ("\"ab", 1, 1),
    ] {
      try Data(text.utf8).write(to: path)
      let error = #expect(throws: TokenizerError.self) { try Tokenizer.load(directory: scratch.url) }
      guard case .malformedJSON(_, let foundLine, let foundColumn, _) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(foundLine == line && foundColumn == column, "\(text.prefix(20)): \(String(describing: error))")
    }
  }

  @Test("Contradictions between vocabulary, merges and added tokens are refused.")
  func contradictions() throws {
    #expect { try load(merges: #"["a b"]"#) } throws: {
      guard case TokenizerError.mergeOutsideVocabulary(_, "model.merges[0]", "a", "b", "ab") = $0 else { return false }
      return true
    }
    #expect { try load(vocabulary: [("x1", 256), ("x2", 256)]) } throws: {
      guard case TokenizerError.conflictingTokens(_, "x1", "x2", 256) = $0 else { return false }
      return true
    }
    for merges in [#"["ab"]"#, #"[["a"]]"#, "[1]", #"["a  b"]"#, "{}"] {
      #expect { try load(merges: merges) } throws: {
        guard case TokenizerError.unexpectedValue = $0 else { return false }
        return true
      }
    }
    for id in [-1, 1 << 40] {
      #expect(throws: TokenizerError.self) { try load(vocabulary: [("x", id)]) }
    }
    #expect(throws: TokenizerError.self) { try load(top: #""added_tokens": [{"id": 9, "content": "a"}],"#) }
    #expect(throws: TokenizerError.self) { try load(config: "[]") }
  }

  @Test("What is not implemented is refused by name, with what is.")
  func unsupported() throws {
    func refuses(_ name: String, _ body: () throws -> Tokenizer) {
      let error = #expect(throws: TokenizerError.self) { try body() }
      guard case .unsupported(_, _, let found, let supported) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(found.contains(name))
      #expect(!supported.isEmpty)
    }
    refuses("Unigram") { try load(model: #""type": "Unigram""#) }
    refuses("WordLevel") { try load(model: #""type": "WordLevel""#) }
    refuses("Nmt") { try load(top: #""normalizer": {"type": "Nmt"},"#) }
    refuses("UnicodeScripts") { try load(preTokenizer: #"{"type": "UnicodeScripts"}"#) }
    refuses("Pair") { try load(top: #""post_processor": {"type": "PairProcessing"},"#) }
    refuses("dropout") { try load(model: #""type": "BPE", "dropout": 0.1"#) }
    #expect(throws: TokenizerError.self) {
      try load(preTokenizer: #"{"type": "Split", "pattern": {"Regex": "(a"}, "behavior": "Isolated"}"#)
    }
  }
}
