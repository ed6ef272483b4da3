/// Reads the `pre_tokenizer` of tokenizer.json.
struct PreTokenizerReader {
  private static let supported = [
    "ByteLevel", "Split", "Digits", "Metaspace", "Whitespace", "WhitespaceSplit", "Punctuation", "BertPreTokenizer",
    "CharDelimiterSplit", "Sequence",
  ]

  /// ASCII punctuation and symbols, and what Unicode calls punctuation.
  private static let punctuation = "[!-/:-@\\[-`{-~\\p{P}]"

  /// Runs of word characters, and of what is neither these nor white space. Word characters are those of UTS 18, which
  /// Hugging Face's library means here, though not in patterns that files give.
  private static let wordsAndSymbols = {
    let word = #"\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\x{200C}\x{200D}"#
    return "[\(word)]+|[^\(word)\\s]+"
  }()

  /// The steps in order.
  private(set) var steps: [PreTokenizer] = []
  /// Whether the vocabulary spells bytes as characters.
  private(set) var isByteLevel = false

  init(_ node: JSONNode?) throws {
    for node in try node?.flattened("pretokenizers") ?? [] { try add(node) }
  }

  private mutating func add(_ node: JSONNode) throws {
    let kind = try node.kind()
    if isByteLevel { throw node.unsupported("\(kind) after ByteLevel", ["ByteLevel as the last step"]) }
    func pattern(_ source: String) throws -> PreTokenizer.Splitter { .pattern(try Pattern(source, file: node.file)) }
    switch kind {
    case "ByteLevel":
      isByteLevel = true
      if try node.flag("add_prefix_space", default: true) { steps.append(.prefixSpace) }
      if try node.flag("use_regex", default: true) {
        steps.append(.split(try pattern(SplitPattern.gpt2), .isolated))
      }
    case "Split":
      steps.append(
        .split(
          try PreTokenizer.Splitter(node), try behavior(node.require("behavior", "a text")),
          inverted: try node.flag("invert", default: false)))
    case "CharDelimiterSplit":
      steps.append(.split(.text(Array(try node.require("delimiter", "a character").string().utf8)), .removed))
    case "Digits":
      let each = try node.flag("individual_digits", default: false)
      steps.append(.split(try pattern(each ? "\\p{N}" : "\\p{N}+"), .isolated))
    case "Punctuation":
      let behavior = try node["behavior"].map(behavior) ?? .isolated
      steps.append(.split(try pattern(Self.punctuation), behavior))
    case "Metaspace": steps.append(try metaspace(node))
    case "Whitespace": steps.append(.split(try pattern(Self.wordsAndSymbols), .removed, inverted: true))
    case "WhitespaceSplit": steps.append(.split(try pattern("\\s"), .removed))
    case "BertPreTokenizer":
      steps.append(.split(try pattern("\\s"), .removed))
      steps.append(.split(try pattern(Self.punctuation), .isolated))
    default: throw node.unsupported(kind, Self.supported)
    }
  }

  private func behavior(_ node: JSONNode) throws -> PreTokenizer.SplitBehavior {
    let name = try node.string()
    guard let behavior = PreTokenizer.SplitBehavior(rawValue: name) else {
      throw node.unsupported(name, PreTokenizer.SplitBehavior.allCases.map(\.rawValue))
    }
    return behavior
  }

  private func metaspace(_ node: JSONNode) throws -> PreTokenizer {
    let settings = try MetaspaceSettings(node)
    return .metaspace(
      mark: settings.mark, prepend: settings.prepend, split: try node.flag("split", default: true))
  }
}

extension PreTokenizer.Splitter {
  /// Reads `pattern`, which is a regular expression or a text.
  init(_ node: JSONNode) throws {
    let pattern = try node.require("pattern", "an object with Regex or String")
    if let source = try pattern["Regex"]?.string() {
      self = .pattern(try Pattern(source, file: node.file))
    } else {
      self = .text(Array(try pattern.require("String", "a text").string().utf8))
    }
  }
}
