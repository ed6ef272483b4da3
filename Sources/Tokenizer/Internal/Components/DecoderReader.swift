/// Reads the `decoder` of tokenizer.json.
struct DecoderReader {
  private static let supported = [
    "ByteLevel", "ByteFallback", "Fuse", "Replace", "Strip", "Metaspace", "WordPiece", "Sequence",
  ]

  func read(_ node: JSONNode?) throws -> TokenDecoder {
    var decoder = TokenDecoder()
    var isFused = false
    for node in try node?.flattened("decoders") ?? [] {
      let kind = try node.kind()
      // After Fuse there is one single text, of which only the start is known while tokens still come.
      if isFused, kind != "Strip" { throw node.unsupported("\(kind) after Fuse", ["Strip after Fuse"]) }
      switch kind {
      case "ByteLevel": decoder.steps.append(.byteLevel)
      case "ByteFallback": decoder.steps.append(.byteFallback)
      case "Fuse": isFused = true
      case "Replace":
        let content = Array(try node.require("content", "a text").string().utf8)
        switch try PreTokenizer.Splitter(node) {
        case .text(let text): decoder.steps.append(.replace(text, with: content))
        case .pattern(let pattern): decoder.steps.append(.replacePattern(pattern, with: content))
        }
      case "Strip":
        let content = try node.require("content", "a character").string()
        let (start, stop) = (try node.count("start"), try node.count("stop"))
        if isFused {
          guard content == " ", stop == 0 else {
            throw node.unsupported(
              "Strip of “\(content)”, \(stop) at the end, after Fuse", ["Strip of spaces at the start"])
          }
          decoder.leading.limit += start
        } else {
          decoder.steps.append(.strip(Array(content.utf8), start: start, stop: stop))
        }
      case "Metaspace":
        let settings = try MetaspaceSettings(node)
        decoder.steps.append(.metaspace(mark: settings.mark, stripsFirst: settings.prepend != .never))
      case "WordPiece":
        decoder.steps.append(
          .wordPiece(
            prefix: Array((try node["prefix"]?.string() ?? "##").utf8),
            cleansUp: try node.flag("cleanup", default: true)))
      default: throw node.unsupported(kind, Self.supported)
      }
    }
    return decoder
  }
}
