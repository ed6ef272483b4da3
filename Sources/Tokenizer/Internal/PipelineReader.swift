/// Reads the steps around the model in tokenizer.json: normalizer, pre-tokenizer, decoder, post-processor.
struct PipelineReader {
  let root: JSONNode

  func normalizer() throws -> Normalizer? { try root["normalizer"].map(normalizer) }

  private func normalizer(_ node: JSONNode) throws -> Normalizer {
    let kind = try node.require("type", "a text").string()
    switch kind {
    case "Sequence": return .sequence(try node.require("normalizers", "a list").array().map(normalizer))
    case "Prepend": return .prepend(try node.require("prepend", "a text").string())
    case "Replace":
      let content = try node.require("content", "a text").string()
      switch try splitter(node) {
      case .text(let text): return .replace(text, with: content)
      case .pattern(let pattern): return .replacePattern(pattern, with: content)
      }
    default:
      guard let form = Normalizer.UnicodeForm(rawValue: kind) else {
        throw node.unsupported(kind, ["NFC", "NFD", "NFKC", "NFKD", "Prepend", "Replace", "Sequence"])
      }
      return .form(form)
    }
  }

  /// The pre-tokenizers in order, and whether the vocabulary is byte-level.
  func preTokenizers() throws -> (steps: [PreTokenizer], isByteLevel: Bool) {
    guard let node = root["pre_tokenizer"] else { return ([], false) }
    let nodes = try flatten(node, key: "pretokenizers")
    var steps: [PreTokenizer] = []
    var isByteLevel = false
    for node in nodes {
      let kind = try node.require("type", "a text").string()
      if isByteLevel { throw node.unsupported("\(kind) after ByteLevel", ["ByteLevel as the last step"]) }
      switch kind {
      case "ByteLevel":
        isByteLevel = true
        if try node.flag("add_prefix_space", default: true) {
          guard steps.isEmpty else {
            throw node.unsupported("add_prefix_space after another step", ["add_prefix_space in the first step"])
          }
          steps.append(.prefixSpace)
        }
        if try node.flag("use_regex", default: true) {
          steps.append(.split(.pattern(try Pattern(PreTokenizer.gpt2Pattern, file: node.file)), .isolated))
        }
      case "Split": steps.append(try split(node))
      case "Digits":
        let each = try node.flag("individual_digits", default: false)
        let pattern = try Pattern(each ? "\\p{N}" : "\\p{N}+", file: node.file)
        steps.append(.split(.pattern(pattern), .isolated))
      case "Metaspace": steps.append(try metaspace(node, isFirst: steps.isEmpty))
      case "Whitespace":
        steps.append(.split(.pattern(try Pattern("\\s+", file: node.file)), .removed))
        steps.append(.split(.pattern(try Pattern("\\w+|[^\\w\\s]+", file: node.file)), .isolated))
      case "WhitespaceSplit":
        steps.append(.split(.pattern(try Pattern("\\s+", file: node.file)), .removed))
      default:
        throw node.unsupported(
          kind, ["ByteLevel", "Split", "Digits", "Metaspace", "Whitespace", "WhitespaceSplit", "Sequence"])
      }
    }
    return (steps, isByteLevel)
  }

  private func split(_ node: JSONNode) throws -> PreTokenizer {
    let name = try node.require("behavior", "a text").string()
    guard let behavior = PreTokenizer.SplitBehavior(rawValue: name) else {
      throw node.unsupported(
        name, ["Isolated", "Removed", "MergedWithPrevious", "MergedWithNext", "Contiguous"])
    }
    if try node.flag("invert", default: false) {
      // Inverted and removed: the matches are the words, what lies between them is dropped.
      guard behavior == .isolated else { throw node.unsupported("invert with \(name)", ["invert with Isolated"]) }
    }
    return .split(try splitter(node), behavior)
  }

  private func splitter(_ node: JSONNode) throws -> PreTokenizer.Splitter {
    let pattern = try node.require("pattern", "an object with Regex or String")
    if let source = try pattern["Regex"]?.string() { return .pattern(try Pattern(source, file: node.file)) }
    return .text(try pattern.require("String", "a text").string())
  }

  private func metaspace(_ node: JSONNode, isFirst: Bool) throws -> PreTokenizer {
    guard isFirst else { throw node.unsupported("Metaspace after another step", ["Metaspace as the first step"]) }
    let mark = try node["replacement"]?.string() ?? "▁"
    let legacy = try node.flag("add_prefix_space", default: true)
    let name = try node["prepend_scheme"]?.string() ?? (legacy ? "always" : "never")
    guard let scheme = PreTokenizer.MetaspacePrepend(rawValue: name) else {
      throw node.unsupported(name, ["always", "first", "never"])
    }
    return .metaspace(mark: mark, prepend: scheme, split: try node.flag("split", default: true))
  }

  /// What decoding does to the tokens' texts.
  struct Decoding {
    var isByteLevel = false
    var replacements: [(from: [UInt8], to: [UInt8])] = []
    var hasByteFallback = false
    /// Removed once at the start of the decoded text.
    var stripsLeadingSpace = false
  }

  func decoding() throws -> Decoding {
    var result = Decoding()
    guard let node = root["decoder"] else { return result }
    for node in try flatten(node, key: "decoders") {
      let kind = try node.require("type", "a text").string()
      switch kind {
      case "ByteLevel": result.isByteLevel = true
      case "ByteFallback": result.hasByteFallback = true
      case "Fuse": break
      case "Replace":
        guard case .text(let from) = try splitter(node) else { throw node.unsupported("Regex", ["String"]) }
        result.replacements.append((Array(from.utf8), Array(try node.require("content", "a text").string().utf8)))
      case "Strip":
        guard try node["content"]?.string() == " ", try node["start"]?.int() == 1, try node["stop"]?.int() == 0 else {
          throw node.unsupported("Strip of this kind", ["Strip of one space at the start"])
        }
        result.stripsLeadingSpace = true
      case "Metaspace":
        result.replacements.append((Array((try node["replacement"]?.string() ?? "▁").utf8), [0x20]))
        let legacy = try node.flag("add_prefix_space", default: true)
        result.stripsLeadingSpace = (try node["prepend_scheme"]?.string() ?? (legacy ? "always" : "never")) != "never"
      default:
        throw node.unsupported(
          kind, ["ByteLevel", "ByteFallback", "Fuse", "Replace", "Strip", "Metaspace", "Sequence"])
      }
    }
    return result
  }

  /// The ids that the post-processor puts before and after one text; `nil` without a template.
  func wrapping() throws -> (before: [Int], after: [Int])? {
    guard let node = root["post_processor"] else { return nil }
    var result: (before: [Int], after: [Int])?
    for node in try flatten(node, key: "processors") {
      let kind = try node.require("type", "a text").string()
      switch kind {
      case "ByteLevel": break
      case "TemplateProcessing": result = try template(node)
      default: throw node.unsupported(kind, ["TemplateProcessing", "ByteLevel", "Sequence"])
      }
    }
    return result
  }

  private func template(_ node: JSONNode) throws -> (before: [Int], after: [Int]) {
    var (before, after): ([Int], [Int]) = ([], [])
    var seenText = false
    for piece in try node.require("single", "a list").array() {
      if piece["Sequence"] != nil {
        seenText = true
      } else {
        let name = try piece.require("SpecialToken", "Sequence or SpecialToken").require("id", "a text").string()
        let ids = try node.require("special_tokens", "an object").require(name, "the token's ids")
          .require("ids", "a list").array().map { try $0.int() }
        if seenText { after += ids } else { before += ids }
      }
    }
    return (before, after)
  }

  /// The steps of a `Sequence`, however deep; any other step alone.
  private func flatten(_ node: JSONNode, key: String) throws -> [JSONNode] {
    guard try node.require("type", "a text").string() == "Sequence" else { return [node] }
    return try node.require(key, "a list").array().flatMap { try flatten($0, key: key) }
  }
}
