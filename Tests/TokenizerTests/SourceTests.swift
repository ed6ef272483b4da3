import Foundation
import Testing
import Tokenizer

/// Every format and component, held equal to what the libraries give that the fixtures were made with.
@Suite struct SourceTests {
  /// What a library gives for one text.
  struct Case: Decodable {
    let ids: [Int]
    /// With the ids around it.
    let wrapped: [Int]?
    /// With special tokens spelled out.
    let plain: [Int]?
    let decoded: Decoded?

    /// The decoded text: `true` for the text itself.
    enum Decoded: Decodable {
      case same
      case text(String)

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) { self = .text(text) } else { self = .same }
      }
    }
  }

  private struct Texts: Decodable {
    let texts: [String]
  }

  static let directory = fixtures.appendingPathComponent("sources")

  /// The awkward texts.
  static func texts() throws -> [String] {
    try JSONDecoder().decode(Texts.self, from: Data(contentsOf: directory.appendingPathComponent("texts.json"))).texts
  }

  /// Holds a tokenizer to the cases of all texts.
  func check(_ tokenizer: Tokenizer, _ cases: [Case?], _ name: String, skipsSpecial: Bool = true) throws {
    let texts = try Self.texts()
    #expect(texts.count > 50 && cases.count == texts.count)
    for (text, expected) in zip(texts, cases) {
      guard let expected else { continue }
      let place = Comment(rawValue: "\(name): \(text.debugDescription)")
      let tokens = tokenizer.encodeWithOffsets(text, special: true)
      #expect(tokens.ids == expected.ids, place)
      #expect(tokenizer.encode(text, special: true) == expected.ids, place)
      if let plain = expected.plain { #expect(tokenizer.encode(text) == plain, place) }
      if let wrapped = expected.wrapped {
        #expect(tokenizer.encode(text, special: true, wrapped: true) == wrapped, place)
      }
      switch expected.decoded {
      case .same: checkDecoding(tokenizer, expected.ids, text, place, skipsSpecial)
      case .text(let decoded): checkDecoding(tokenizer, expected.ids, decoded, place, skipsSpecial)
      case nil: break
      }
      // Spans go forward, within the text.
      var end = 0
      for span in tokens.spans {
        #expect(span.lowerBound >= end && span.upperBound <= text.utf8.count, place)
        end = span.lowerBound
      }
    }
  }

  /// Holds decoding at once and decoding token by token to a text.
  private func checkDecoding(
    _ tokenizer: Tokenizer, _ ids: [Int], _ text: String, _ place: Comment, _ skipsSpecial: Bool
  ) {
    let decoded = tokenizer.decode(ids, skipSpecial: skipsSpecial)
    #expect(Array(decoded.utf8) == Array(text.utf8), place)
    var decoder = tokenizer.streamingDecoder(skipSpecial: skipsSpecial)
    let streamed = ids.map { decoder.append($0) } + [decoder.finish()]
    #expect(Array(streamed.joined().utf8) == Array(decoded.utf8), place)
    // No piece ends inside a character.
    let broken: Unicode.Scalar = "\u{FFFD}"
    #expect(!streamed.contains { $0.unicodeScalars.contains(broken) } || text.unicodeScalars.contains(broken), place)
  }

  @Test("tokenizer.json with each model and component gives Hugging Face's ids and texts.")
  func huggingFace() throws {
    let file = Self.directory.appendingPathComponent("hugging_face.json")
    let entries = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [[String: Any]])
    #expect(entries.count > 45)
    var models: [String: Any] = [:]
    for entry in entries {
      let name = try #require(entry["name"] as? String)
      var description = try #require(entry["tokenizer"] as? [String: Any])
      // Variants name the entry whose model they share.
      if let base = description["model"] as? String { description["model"] = models[base] }
      models[name] = description["model"]
      let tokenizer = try Tokenizer(
        files: ["tokenizer.json": try JSONSerialization.data(withJSONObject: description)], source: name)
      let cases = try JSONDecoder().decode(
        [Case?].self, from: JSONSerialization.data(withJSONObject: try #require(entry["cases"])))
      try check(tokenizer, cases, name)
    }
  }

  @Test(
    "Other formats give the ids and texts of the libraries that they belong to.",
    arguments: [
      "merges", "tiktoken", "tiktoken-cl100k", "tiktoken-o200k", "sentencepiece-bpe", "sentencepiece-bpe-rules",
      "sentencepiece-bpe-no-prefix",
      "sentencepiece-unigram", "sentencepiece-unigram-rules", "sentencepiece-unigram-suffix",
    ])
  func formats(name: String) throws {
    try checkFormat(Self.directory.appendingPathComponent(name), name)
  }

  @Test(
    "SentencePiece's own tables of replacements do what they do there (`make_sources.py --nmt`).",
    .enabled(if: nmt != nil), arguments: ["bpe-nmt_nfkc", "unigram-nmt_nfkc", "bpe-nfkc_cf", "unigram-nfkc_cf"])
  func publishedTables(name: String) throws {
    let root = URL(fileURLWithPath: try #require(Self.nmt))
    try checkFormat(root.appendingPathComponent("sentencepiece-\(name)"), "sentencepiece-\(name)")
  }

  /// Where models with the full tables are, if anywhere: 240 kB each is too much to keep.
  private static let nmt = ProcessInfo.processInfo.environment["SENTENCEPIECE_TABLES"]

  private func checkFormat(_ directory: URL, _ name: String) throws {
    let cases = try JSONDecoder().decode(
      [Case].self, from: Data(contentsOf: directory.appendingPathComponent("cases.json")))
    let tokenizer = try Tokenizer.load(directory: directory)
    // SentencePiece itself never reads a control token from a text.
    guard name.hasPrefix("sentencepiece") else { return try check(tokenizer, cases, name) }
    for (text, expected) in zip(try Self.texts(), cases) {
      #expect(tokenizer.encode(text) == expected.ids, "\(text.debugDescription)")
      let place = Comment(rawValue: "\(name): \(text.debugDescription)")
      switch expected.decoded {
      case .same: checkDecoding(tokenizer, expected.ids, text, place, true)
      case .text(let decoded): checkDecoding(tokenizer, expected.ids, decoded, place, true)
      case nil: break
      }
    }
  }
}
