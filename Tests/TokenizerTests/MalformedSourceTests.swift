import Foundation
import Testing
import Tokenizer

/// Files that are cut off or contradict themselves are refused, with the file and the line or entry.
@Suite struct MalformedSourceTests {
  /// A directory of the fixtures with some files changed; `nil` removes one.
  private func load(_ name: String?, _ changes: [String: String?] = [:]) throws -> Tokenizer {
    var files: [String: Data] = [:]
    if let name {
      let directory = SourceTests.directory.appendingPathComponent(name)
      for file in try FileManager.default.contentsOfDirectory(atPath: directory.path) where file != "cases.json" {
        files[file] = try Data(contentsOf: directory.appendingPathComponent(file))
      }
    }
    for (file, text) in changes { files[file] = text.map { Data($0.utf8) } }
    let scratch = try Scratch()
    for (file, data) in files { try data.write(to: scratch.url.appendingPathComponent(file)) }
    return try Tokenizer.load(directory: scratch.url)
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

  private func text(_ name: String, _ file: String) throws -> String {
    try String(
      contentsOf: SourceTests.directory.appendingPathComponent(name).appendingPathComponent(file), encoding: .utf8)
  }

  @Test("A directory without a tokenizer names what would be read.")
  func nothing() throws {
    expectRefusal("tokenizer.json", "tokenizer.model", "merges.txt", "*.tiktoken") {
      try load(nil, ["config.json": "{}"])
    }
    expectRefusal("a.tiktoken and b.tiktoken") { try load(nil, ["a.tiktoken": "", "b.tiktoken": ""]) }
    expectRefusal("merges.txt: no such file") { try load("merges", ["merges.txt": nil]) }
    expectRefusal("vocab.json: no such file") { try load("merges", ["vocab.json": nil]) }
  }

  @Test("tokenizer.json comes first, then tokenizer.model, then vocab.json with merges.txt, then a tiktoken file.")
  func choice() throws {
    let ranks = try text("tiktoken", "small.tiktoken")
    let configuration = try text("tiktoken", "tokenizer_config.json")
    let merges = try load("merges", ["small.tiktoken": ranks])
    #expect(merges.id(of: "<|endoftext|>") == 0)
    #expect(merges.eosID == 0 && merges.isSpecial(0))
    let model = try load("sentencepiece-bpe", ["vocab.json": "{}", "merges.txt": ""])
    #expect(model.token(0) == "<unk>")
    let small = try load("tiktoken")
    #expect(small.eosID == small.id(of: "</s>") && small.specialTokens.count == 2)
    // Llama 3 keeps its tiktoken file under SentencePiece's name.
    let renamed = try load(nil, ["tokenizer.model": ranks, "tokenizer_config.json": configuration])
    #expect(renamed.encode("Ana opens 35 jars") == small.encode("Ana opens 35 jars"))
  }

  @Test("Bad merges are refused with their line.")
  func merges() throws {
    let lines = try text("merges", "merges.txt").components(separatedBy: "\r\n")
    func changed(_ line: String) -> String { (lines[..<3] + [line] + lines[3...]).joined(separator: "\n") }
    for line in ["a", "a b c", "a  b", " a", "a ", "", "a\tb"] {
      expectRefusal("merges.txt:4: ", "two tokens") { try load("merges", ["merges.txt": changed(line)]) }
    }
    expectRefusal("merges.txt:4: ", "“q” and “q”", "no “qq”") {
      try load("merges", ["merges.txt": changed("q q")])
    }
    // Neither the header nor the line ends matter.
    let plain = try load("merges", ["merges.txt": lines.dropFirst().joined(separator: "\n")])
    #expect(plain.encode("Ana opens the jar.") == (try load("merges")).encode("Ana opens the jar."))
    expectRefusal("vocab.json", "no token for byte 0x") { try load("merges", ["vocab.json": "{}", "merges.txt": ""]) }
    expectRefusal("vocab.json", "“b”", "-1") { try load("merges", ["vocab.json": #"{"a": 0, "b": -1}"#]) }
    expectRefusal("vocab.json", "“a”", "“b”", "claim id 0") { try load("merges", ["vocab.json": #"{"a": 0, "b": 0}"#]) }
    expectRefusal("vocab.json", "“a” to keep its id 0") { try load("merges", ["vocab.json": #"{"a": 0, "a": 1}"#]) }
  }

  @Test("Added tokens of other files are found, the special ones as such.")
  func addedTokens() throws {
    let tokenizer = try load(
      "merges",
      [
        "added_tokens.json": #"{"<pad>": 400, "jar": 401}"#,
        "special_tokens_map.json": #"{"pad_token": "<pad>", "eos_token": {"content": "<|endoftext|>"}}"#,
      ])
    #expect(tokenizer.padID == 400 && tokenizer.isSpecial(400) && !tokenizer.isSpecial(401))
    #expect(tokenizer.encode("jar<pad>", special: true) == [401, 400])
    #expect(!tokenizer.encode("jar<pad>").contains(400))
    expectRefusal("added_tokens.json", "“a”") { try load("merges", ["added_tokens.json": #"{"a": 400}"#]) }
  }

  @Test("Bad rank files are refused with their line.")
  func ranks() throws {
    let lines = try text("tiktoken", "small.tiktoken").components(separatedBy: "\n")
    func changed(_ line: String) -> String { (lines[..<9] + [line] + lines[9...]).joined(separator: "\n") }
    for line in ["aGU=", "aGU= x", "a*U= 900", " 900", "aGU= 900 1", "aGU 900", ""] {
      expectRefusal("small.tiktoken:10: ", "base64", "“\(line)”") {
        try load("tiktoken", ["small.tiktoken": changed(line)])
      }
    }
    expectRefusal("small.tiktoken:10: ", "the bytes of token 0") {
      try load("tiktoken", ["small.tiktoken": changed("AA== 900")])
    }
    expectRefusal("small.tiktoken:10: ", "claim id 3") {
      try load("tiktoken", ["small.tiktoken": changed("enp6eg== 3")])
    }
    expectRefusal("small.tiktoken:10: ", "-3") { try load("tiktoken", ["small.tiktoken": changed("enp6eg== -3")]) }
    expectRefusal("small.tiktoken", "pat_str", "cl100k_base*") { try load("tiktoken", ["tokenizer_config.json": nil]) }
    expectRefusal("no token for byte 0x9") {
      try load("tiktoken", ["small.tiktoken": (lines[..<9] + lines[10...]).joined(separator: "\n")])
    }
    expectRefusal("tokenizer_config.json", "added_tokens_decoder.x", "an id as the key") {
      try load(
        "tiktoken",
        ["tokenizer_config.json": #"{"pat_str": "a", "added_tokens_decoder": {"x": {"content": "<s>"}}}"#])
    }
  }

  @Test("A SentencePiece model that is cut off anywhere is refused or read, and never a crash.")
  func truncation() throws {
    let directory = SourceTests.directory.appendingPathComponent("sentencepiece-unigram-rules")
    let data = try Data(contentsOf: directory.appendingPathComponent("tokenizer.model"))
    var refused = 0
    for count in stride(from: 0, to: data.count, by: 7) {
      do {
        _ = try Tokenizer(files: ["tokenizer.model": data.prefix(count)], source: "m")
      } catch let error as TokenizerError {
        #expect(error.description.contains("m/tokenizer.model"))
        refused += 1
      }
    }
    // Only what comes after the last part that matters may be missing.
    #expect(refused >= data.count / 7)
    // Any byte changed.
    for index in stride(from: 0, to: data.count, by: 3) {
      var changed = data
      changed[changed.startIndex + index] ^= UInt8(truncatingIfNeeded: index &* 37 | 1)
      let tokenizer = try? Tokenizer(files: ["tokenizer.model": changed], source: "m")
      _ = tokenizer?.encode("Ana Ｆｕｌｌ  e\u{301} <mask> 東")
    }
  }

  @Test("A SentencePiece model's contradictions are refused with the piece.")
  func pieces() throws {
    func model(_ pieces: [[UInt8]], type: UInt8 = 2) throws -> Tokenizer {
      var bytes: [UInt8] = []
      for piece in pieces { bytes += [0x0A, UInt8(piece.count)] + piece }
      bytes += [0x12, 2, 0x18, type, 0x1A, 0]
      return try Tokenizer(files: ["tokenizer.model": Data(bytes)], source: "m")
    }
    func piece(_ text: String, type: UInt8 = 1) -> [UInt8] {
      [0x0A, UInt8(text.utf8.count)] + Array(text.utf8) + [0x18, type]
    }
    let unknown = piece("<unk>", type: 2)
    #expect(try model([unknown, piece("a")]).encode("a") == [0, 1])
    expectRefusal("m/tokenizer.model", "pieces[2]", "“a”", "piece 1") { try model([unknown, piece("a"), piece("a")]) }
    expectRefusal("pieces[1]", "an empty one") { try model([unknown, piece("")]) }
    expectRefusal("pieces[1].type", "found 9") { try model([unknown, piece("a", type: 9)]) }
    expectRefusal("pieces", "UNKNOWN") { try model([piece("a")]) }
    expectRefusal("pieces[1]", "after piece 0") { try model([unknown, piece("b", type: 2)]) }
    expectRefusal("model_type", "WORD") { try model([unknown, piece("a")], type: 3) }
    expectRefusal("pieces[1]", "unused") { try model([unknown, piece("a", type: 5)]) }
    expectRefusal("pieces[1]", "UTF-8") { try model([unknown, [0x0A, 1, 0xFF]]) }
    expectRefusal("without pieces") { try model([]) }
    expectRefusal("byte 0", "unknown kind 3") { try Tokenizer(files: ["tokenizer.model": Data([0x0B])], source: "m") }
    expectRefusal("byte 0", "99 bytes, but only 1 follow") {
      try Tokenizer(files: ["tokenizer.model": Data([0x0A, 99, 1])], source: "m")
    }
  }

  @Test("Contradictions of tokenizer.json's other models and components are refused with the entry.")
  func components() throws {
    func load(_ model: String, _ more: String = "") throws -> Tokenizer {
      try Tokenizer(files: ["tokenizer.json": Data("{\(more)\"model\": {\(model)}}".utf8)], source: "m")
    }
    let unigram = #""type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0], ["a", -1.5], ["ab", -2]]"#
    let pieces = #""type": "WordPiece", "continuing_subword_prefix": "+", "vocab": {"[UNK]": 0, "a": 1, "+b": 2}"#
    #expect(try load(unigram).encode("abaa?") == [2, 1, 1, 0])
    #expect(try load(pieces).encode("ab") == [1, 2])
    #expect(try load(pieces).encode("abc") == [0])
    expectRefusal("model.unk_id", "from 0 to 0") { try load(#""type": "Unigram", "unk_id": 7, "vocab": [["a", 0]]"#) }
    expectRefusal("model.unk_id", "nothing") { try load(#""type": "Unigram", "vocab": [["a", 0]]"#) }
    for entry in [#"["a"]"#, #"["a", "b"]"#, #"["", 0]"#, "7", #"{"a": 0}"#] {
      expectRefusal("model.vocab[1]", "a token and its score") {
        try load("\"type\": \"Unigram\", \"unk_id\": 0, \"vocab\": [[\"b\", 0], \(entry)]")
      }
    }
    expectRefusal("model.vocab[1]", "“a” to keep its id 0") {
      try load(#""type": "Unigram", "unk_id": 0, "vocab": [["a", 0], ["a", -1]]"#)
    }
    expectRefusal("unk_token", "“[UNK]”") { try load(#""type": "WordPiece", "vocab": {"a": 1}"#) }
    expectRefusal("Unigram with ByteLevel") { try load(unigram, #""pre_tokenizer": {"type": "ByteLevel"}, "#) }
    expectRefusal("post_processor.sep[1]", "from 0 to 2") {
      try load(
        pieces, #""post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 9], "cls": ["[CLS]", 0]}, "#)
    }
    expectRefusal("decoder.decoders[1]", "ByteFallback after Fuse") {
      try load(unigram, #""decoder": {"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "ByteFallback"}]}, "#)
    }
    expectRefusal("precompiled_charsmap", "base64") {
      try load(unigram, #""normalizer": {"type": "Precompiled", "precompiled_charsmap": "?"}, "#)
    }
    expectRefusal("precompiled_charsmap", "complete table") {
      try load(unigram, #""normalizer": {"type": "Precompiled", "precompiled_charsmap": "AAEAAAAA"}, "#)
    }
    expectRefusal("pre_tokenizer.behavior", "Sideways") {
      try load(unigram, #""pre_tokenizer": {"type": "Punctuation", "behavior": "Sideways"}, "#)
    }
  }
}
