/// The regular expressions that published byte-level tokenizers cut text with.
enum SplitPattern {
  /// GPT-2 (Radford et al. 2019); `ByteLevel` uses it unless it is told not to.
  static let gpt2 = #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
  /// GPT-4 (`cl100k_base`), as tiktoken has it: white space at the end of the text is one word.
  static let cl100k =
    #"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]"#
    + #"|\s+(?!\S)|\s"#
  /// Llama 3: case does not matter in contractions, at most three digits.
  static let llama3 = modern(digits: #"\p{N}{1,3}"#)
  /// Qwen 2: one digit at a time.
  static let qwen2 = modern(digits: #"\p{N}"#)
  /// GPT-4o (`o200k_base`): a capital letter starts a word.
  static let o200k =
    #"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"#
    + #"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"#
    + #"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

  private static func modern(digits: String) -> String {
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"# + digits
      + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  }

  /// The patterns, one after the other, of a pre-tokenizer by the name that GGUF files give it
  /// (`tokenizer.ggml.pre`); `nil` for a name that is not known.
  static func named(_ name: String) -> [String]? {
    switch name {
    case "default": [#"[\p{P}$+<=>^~|]+"#, gpt2, #"\p{N}+"#, "[0-9][0-9][0-9]"]
    case "gpt-2", "mpt", "olmo", "jais", "phi-2": [gpt2]
    case "llama-bpe", "llama3", "llama-v3", "dbrx", "smaug-bpe", "chatglm-bpe": [llama3]
    case "qwen2", "stablelm2", "deepseek-r1-qwen": [qwen2]
    case "gpt-4o": [o200k]
    case "starcoder", "refact", "command-r", "smollm", "codeshell", "exaone": [#"\p{N}"#, gpt2]
    case "falcon": [#"[\p{P}$+<=>^~|`]+"#, gpt2, "[0-9][0-9][0-9]"]
    default: nil
    }
  }

  /// The names that `named` knows and that matter most, for messages.
  static let names = [
    "default", "gpt-2", "llama-bpe", "qwen2", "gpt-4o", "starcoder", "smollm", "command-r", "falcon", "dbrx",
    "stablelm2", "chatglm-bpe",
  ]
}
