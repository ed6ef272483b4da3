import Foundation

/// Reads the `normalizer` of tokenizer.json.
struct NormalizerReader {
  private static let supported = [
    "NFC", "NFD", "NFKC", "NFKD", "Lowercase", "Strip", "StripAccents", "Prepend", "Replace", "BertNormalizer",
    "Precompiled", "Sequence",
  ]

  func read(_ node: JSONNode) throws -> Normalizer {
    let kind = try node.kind()
    switch kind {
    case "Sequence": return .sequence(try node.require("normalizers", "a list").array().map(read))
    case "Lowercase": return .lowercase
    case "StripAccents": return .stripAccents
    case "Strip":
      return .strip(
        left: try node.flag("strip_left", default: true), right: try node.flag("strip_right", default: true))
    case "Prepend": return .prepend(Array(try node.require("prepend", "a text").string().utf8))
    case "Replace":
      let content = Array(try node.require("content", "a text").string().utf8)
      switch try PreTokenizer.Splitter(node) {
      case .text(let text): return .replace(text, with: content)
      case .pattern(let pattern): return .replacePattern(pattern, with: content)
      }
    case "BertNormalizer":
      let lowercases = try node.flag("lowercase", default: true)
      return .bert(
        BertNormalizer(
          cleansText: try node.flag("clean_text", default: true),
          separatesIdeographs: try node.flag("handle_chinese_chars", default: true),
          stripsAccents: try node.flag("strip_accents", default: lowercases), lowercases: lowercases))
    case "Precompiled":
      let text = try node.require("precompiled_charsmap", "a text in base64")
      guard let data = Data(base64Encoded: try text.string()) else { throw text.wrong("a text in base64") }
      // An empty table replaces nothing.
      if data.isEmpty { return .sequence([]) }
      guard let map = Charsmap(data) else { throw text.wrong("a complete table of replacements") }
      return .charsmap(map)
    default:
      guard let form = UnicodeForm(rawValue: kind) else { throw node.unsupported(kind, Self.supported) }
      return .form(form)
    }
  }
}
