/// What the pre-tokenizer and the decoder of that name share.
struct MetaspaceSettings {
  let mark: [UInt8]
  let prepend: PreTokenizer.MetaspacePrepend

  init(_ node: JSONNode) throws {
    mark = Array((try node["replacement"]?.string() ?? "▁").utf8)
    // Older files have a flag in the place of the scheme.
    let legacy = try node.flag("add_prefix_space", default: true)
    let name = try node["prepend_scheme"]?.string() ?? (legacy ? "always" : "never")
    guard let scheme = PreTokenizer.MetaspacePrepend(rawValue: name) else {
      throw node.unsupported(name, PreTokenizer.MetaspacePrepend.allCases.map(\.rawValue))
    }
    prepend = scheme
  }
}
