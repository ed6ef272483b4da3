import Foundation

/// Writes a trained byte-level encoding as the files that Hugging Face's libraries read.
struct TokenizerWriter {
  let specialTokens: [String]
  let merges: [MergeLearner.Merge]
  let settings: TokenizerSettings

  /// Contents by file name. Equal input gives equal bytes.
  func files() -> [String: Data] {
    [
      "tokenizer.json": Data((JSONWriter.text(tokenizer) + "\n").utf8),
      "tokenizer_config.json": Data((JSONWriter.text(configuration) + "\n").utf8),
    ]
  }

  private func object(_ members: [(String, OrderedJSON)]) -> OrderedJSON {
    .object(members.map { .init(key: $0.0, value: $0.1) })
  }

  private var byteLevel: OrderedJSON {
    object([
      ("type", .string("ByteLevel")), ("add_prefix_space", .bool(false)), ("trim_offsets", .bool(true)),
      ("use_regex", .bool(true)),
    ])
  }

  private var tokenizer: OrderedJSON {
    var vocabulary = specialTokens
    // The order of the alphabet's characters, as Hugging Face's trainer has it.
    vocabulary += ByteAlphabet.scalars.sorted { $0.value < $1.value }.map { String($0) }
    vocabulary += merges.map { ByteAlphabet.spelling(of: $0.left + $0.right) }
    let pairs = merges.map { merge in
      OrderedJSON.array([
        .string(ByteAlphabet.spelling(of: merge.left)), .string(ByteAlphabet.spelling(of: merge.right)),
      ])
    }
    return object([
      ("version", .string("1.0")), ("truncation", .null), ("padding", .null),
      ("added_tokens", .array(specialTokens.enumerated().map { addedToken($1, id: $0) })),
      ("normalizer", .null), ("pre_tokenizer", byteLevel), ("post_processor", .null), ("decoder", byteLevel),
      (
        "model",
        object([
          ("type", .string("BPE")), ("dropout", .null), ("unk_token", .null), ("continuing_subword_prefix", .null),
          ("end_of_word_suffix", .null), ("fuse_unk", .bool(false)), ("byte_fallback", .bool(false)),
          ("ignore_merges", .bool(false)),
          ("vocab", object(vocabulary.enumerated().map { ($1, .int($0)) })), ("merges", .array(pairs)),
        ])
      ),
    ])
  }

  private func addedToken(_ content: String, id: Int?) -> OrderedJSON {
    object(
      (id.map { [("id", OrderedJSON.int($0))] } ?? []) + [
        ("content", .string(content)), ("single_word", .bool(false)), ("lstrip", .bool(false)),
        ("rstrip", .bool(false)), ("normalized", .bool(false)), ("special", .bool(true)),
      ])
  }

  private var configuration: OrderedJSON {
    func text(_ value: String?) -> OrderedJSON { value.map { .string($0) } ?? .null }
    let added = specialTokens.enumerated().map { (String($0), addedToken($1, id: nil)) }
    var members: [(String, OrderedJSON)] = [
      ("tokenizer_class", .string("PreTrainedTokenizerFast")),
      ("added_tokens_decoder", object(added)),
      ("bos_token", text(settings.beginToken)), ("eos_token", text(settings.endToken)),
      ("pad_token", text(settings.paddingToken)), ("unk_token", text(settings.unknownToken)),
      ("add_bos_token", .bool(settings.addsBegin)), ("add_eos_token", .bool(settings.addsEnd)),
      ("clean_up_tokenization_spaces", .bool(false)),
    ]
    if let template = settings.chatTemplate { members.append(("chat_template", .string(template))) }
    return object(members)
  }
}
