import Foundation
import Tensor
import Testing
import Tokenizer

/// A tokenizer.json comes from elsewhere: whatever its patterns and replacements say, reading it and encoding with it end.
@Suite struct HostileTokenizerTests {
  private let bytes: [(String, Int)]

  init() throws {
    let tokenizer = try BytePairTrainer(vocabularySize: 256).train(on: [])
    bytes = (0..<256).map { (tokenizer.token($0) ?? "", $0) }
  }

  private func load(
    pattern: String = "x", normalizer: String = "null", decoder: String = #"{"type": "ByteLevel"}"#
  ) throws -> Tokenizer {
    func written(_ text: String) throws -> String { String(decoding: try JSONEncoder().encode(text), as: UTF8.self) }
    let vocabulary = try (bytes + [("ab", 256), ("abc", 257)]).map { try "\(written($0)): \($1)" }
    let json = """
      {"normalizer": \(normalizer), "decoder": \(decoder),
       "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
         {"type": "Split", "pattern": {"Regex": \(try written(pattern))}, "behavior": "Isolated"},
         {"type": "ByteLevel", "add_prefix_space": false, "use_regex": false}]},
       "model": {"type": "BPE", "vocab": {\(vocabulary.joined(separator: ", "))}, "merges": ["a b", "ab c"]}}
      """
    let scratch = try Scratch()
    try Data(json.utf8).write(to: scratch.url.appendingPathComponent("tokenizer.json"))
    return try Tokenizer.load(directory: scratch.url)
  }

  /// So many replacements of a text by twice itself.
  private func doublings(_ text: String, _ count: Int) -> String {
    let one = #"{"type": "Replace", "pattern": {"String": "\#(text)"}, "content": "\#(text)\#(text)"}"#
    return Array(repeating: one, count: count).joined(separator: ", ")
  }

  private func expectRefusal(_ parts: String..., body: () throws -> Tokenizer) {
    do {
      _ = try body()
      Issue.record("was read: \(parts)")
    } catch let error as TokenizerError {
      for part in parts { #expect(error.description.contains(part), "\(error.description)") }
    } catch {
      Issue.record("\(error)")
    }
  }

  @Test(
    "A pattern that tries every way through a text is refused when it is read.",
    arguments: ["(a+)+$", "(?:a|a)*(?:b|c)", #"(\s*)*(?:x|y)"#, "(?:a|A|aA?)+[!?]", #"((?:a+)+)+\z"#])
  func costly(pattern: String) {
    expectRefusal("tokenizer.json", "“\(pattern)”", "too many steps", "published") { try load(pattern: pattern) }
  }

  @Test("One that is found out by a text gives no ids for it, and says why.")
  func costlyLater() throws {
    let tokenizer = try load(pattern: "(z+)+q")
    #expect(!tokenizer.encode("a zzq").isEmpty)
    #expect(tokenizer.failure == nil)
    let text = String(repeating: "z", count: 60) + "!q"
    #expect(tokenizer.encode(text, wrapped: true).isEmpty)
    #expect(tokenizer.encodeWithOffsets(text).ids.isEmpty)
    let failure = try #require(tokenizer.failure)
    #expect(failure.description.contains("“(z+)+q” takes too many steps on a text of 62 bytes"))
  }

  @Test(
    "Published patterns get through long runs of anything.",
    arguments: [
      #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#,
      #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#,
      #"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"#,
      "(?:a|A|0| |-|\n|é)+",
    ])
  func published(pattern: String) throws {
    let tokenizer = try load(pattern: pattern)
    for run in ["a", "A", "0", " ", "-", "\n", "é", "aA 0-"] {
      let text = String(repeating: run, count: 40_000) + "!"
      #expect(tokenizer.decode(tokenizer.encode(text)) == text)
    }
    #expect(tokenizer.failure == nil)
  }

  @Test("A pattern with groups cuts as one without.")
  func groups() throws {
    #expect(try load(pattern: "ab").encode("abc") == load(pattern: "(a)(b)").encode("abc"))
    #expect(try load(pattern: "(ab)|(c)").encode("abcab").count == 3)
  }

  @Test(
    "A chain of replacements that doubles a text is refused, when it is read or when a text is found that it doubles.")
  func growing() throws {
    func chain(_ text: String, _ count: Int) -> String {
      #"{"type": "Sequence", "normalizers": [\#(doublings(text, count))]}"#
    }
    expectRefusal("the normalizer makes more than", "Take out the replacements") {
      try load(normalizer: chain("a", 40))
    }
    let tokenizer = try load(normalizer: chain("z", 40))
    #expect(tokenizer.failure == nil)
    #expect(tokenizer.encode("z").isEmpty)
    #expect(try #require(tokenizer.failure).description.contains("bytes of a text of 1;"))
    // A little growth is nobody's fault.
    let little = try load(normalizer: chain("z", 5))
    #expect(little.encode("z").count == 32)
    #expect(little.failure == nil)
  }

  @Test("A decoder that doubles its tokens is refused.")
  func growingTokens() {
    expectRefusal("the decoder makes more than") {
      try load(decoder: #"{"type": "Sequence", "decoders": [\#(doublings("a", 40)), {"type": "ByteLevel"}]}"#)
    }
  }

  /// What a normalizer makes of a text.
  private func normalized(_ text: String, _ form: String) throws -> String {
    let tokenizer = try load(normalizer: #"{"type": "\#(form)"}"#)
    return tokenizer.decode(tokenizer.encode(text))
  }

  @Test("Marks come into the order that Foundation gives them, in short runs and in long ones.")
  func marks() throws {
    let marks: [Unicode.Scalar] = [
      "\u{301}", "\u{316}", "\u{327}", "\u{345}", "\u{3099}", "\u{5B0}", "\u{F71}", "\u{F72}", "\u{334}", "\u{308}",
    ]
    var generator = RandomStream(seed: 7, purpose: "marks").generator()
    var text = ""
    for base in ["e", "é", "ǖ", "か", "가", "漢", "ﬁ", "a"] {
      for most in [UInt64(3), 30, 60, 60] {
        text += base
        for _ in 0..<generator.next() % most {
          text.unicodeScalars.append(marks[Int(generator.next() % UInt64(marks.count))])
        }
      }
    }
    let compatible = text.decomposedStringWithCompatibilityMapping
    let expected = [
      "NFD": text.decomposedStringWithCanonicalMapping, "NFC": text.precomposedStringWithCanonicalMapping,
      "NFKD": compatible, "NFKC": compatible.precomposedStringWithCanonicalMapping,
    ]
    for (form, expected) in expected {
      #expect(try normalized(text, form).unicodeScalars.elementsEqual(expected.unicodeScalars), "\(form)")
    }
  }

  @Test("A run of marks takes no longer than a text of its length, and none is lost.", .timeLimit(.minutes(1)))
  func manyMarks() throws {
    let count = 20_000
    func run(_ marks: String) -> String { String(repeating: marks, count: count) }
    let (text, double) = ("é" + run("\u{316}\u{301}"), "a" + run("\u{344}\u{316}"))
    for form in ["NFD", "NFKD"] {
      let expected = "e" + run("\u{316}") + "\u{301}" + run("\u{301}")
      #expect(try normalized(text, form).utf8.elementsEqual(expected.utf8), "\(form)")
      let parts = "a" + run("\u{316}") + run("\u{308}\u{301}")
      #expect(try normalized(double, form).utf8.elementsEqual(parts.utf8), "\(form)")
    }
    for form in ["NFC", "NFKC"] {
      let expected = "é" + run("\u{316}") + run("\u{301}")
      #expect(try normalized(text, form).utf8.elementsEqual(expected.utf8), "\(form)")
    }
    let narrow = try normalized("a" + run("\u{FF9E}\u{316}"), "NFKD")
    #expect(narrow.utf8.elementsEqual(("a" + run("\u{3099}") + run("\u{316}")).utf8))
  }
}
