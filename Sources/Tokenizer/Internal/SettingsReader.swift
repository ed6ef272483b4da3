import Foundation

/// Reads tokenizer_config.json and the files that may stand beside it.
struct SettingsReader {
  let files: [String: Data]
  let place: (String) -> String

  /// - Parameter defaults: what the tokenizer's main file says about the roles of special tokens.
  func read(defaults: TokenizerSettings = TokenizerSettings()) throws -> TokenizerSettings {
    var settings = defaults
    // The configuration wins over special_tokens_map.json, which is older.
    for name in ["special_tokens_map.json", "tokenizer_config.json"] {
      guard let data = files[name] else { continue }
      let file = place(name)
      let node = JSONNode(value: try JSONReader.read(data, file: file), file: file, path: "")
      guard node.value.members != nil else { throw node.wrong("an object") }
      settings.beginToken = try node["bos_token"]?.tokenContent() ?? settings.beginToken
      settings.endToken = try node["eos_token"]?.tokenContent() ?? settings.endToken
      settings.paddingToken = try node["pad_token"]?.tokenContent() ?? settings.paddingToken
      settings.unknownToken = try node["unk_token"]?.tokenContent() ?? settings.unknownToken
      settings.addsBegin = try node["add_bos_token"]?.bool() ?? settings.addsBegin
      settings.addsEnd = try node["add_eos_token"]?.bool() ?? settings.addsEnd
      settings.chatTemplate = try node["chat_template"].map(template) ?? settings.chatTemplate
    }
    if let data = files["chat_template.jinja"] {
      guard let source = String(validating: data, as: UTF8.self) else {
        throw TokenizerError.unreadableFile(path: place("chat_template.jinja"), reason: "it is not valid UTF-8")
      }
      settings.chatTemplate = source
    }
    return settings
  }

  /// A template is a text, or a list of named ones of which “default” is meant.
  private func template(_ node: JSONNode) throws -> String {
    if let text = node.value.string { return text }
    let entries = try node.array()
    let chosen = try entries.first { try $0["name"]?.string() == "default" } ?? entries.first
    guard let chosen else { throw node.wrong("a template") }
    return try chosen.require("template", "a text").string()
  }
}
