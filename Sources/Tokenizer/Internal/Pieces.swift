/// What each token id stands for in decoded text.
struct Pieces: Sendable {
  /// Byte strings one after the other.
  private struct Texts: Sendable {
    var storage: [UInt8] = []
    var starts: [Int] = [0]

    subscript(index: Int) -> ArraySlice<UInt8> { storage[starts[index]..<starts[index + 1]] }

    mutating func append(_ bytes: some Sequence<UInt8>) {
      storage.append(contentsOf: bytes)
      starts.append(storage.count)
    }
  }

  private var texts = Texts()
  /// What they stand for as the first token, where that may be something else.
  private var firstTexts: Texts?
  private let special: Set<Int>
  /// Tokens that keep a space at the start of the text.
  private let verbatim: Set<Int>
  /// What happens to spaces at the start of decoded text.
  private let leading: LeadingSpaces

  init(
    vocabulary: Vocabulary, added: [AddedTokens.Token], decoder: TokenDecoder, source: String
  ) throws(TokenizerError) {
    leading = decoder.leading
    verbatim = Set(decoder.surfaces.keys)
    special = Set(added.filter(\.isSpecial).map(\.id))
    let addedIDs = Set(added.map(\.id))
    if decoder.distinguishesFirst { firstTexts = Texts() }
    for id in 0..<vocabulary.size {
      let name = vocabulary.name(of: id) ?? []
      if let surface = decoder.surfaces[id] {
        texts.append(surface)
        firstTexts?.append(surface)
      } else if addedIDs.contains(id) {
        texts.append(decoder.bytes(ofAdded: name, isFirst: false))
        firstTexts?.append(decoder.bytes(ofAdded: name, isFirst: true))
      } else if name.isEmpty {
        texts.append(name)
        firstTexts?.append(name)
      } else {
        try texts.append(decoder.bytes(of: name, isFirst: false, source: source))
        try firstTexts?.append(decoder.bytes(of: name, isFirst: true, source: source))
      }
    }
  }

  func isSpecial(_ id: Int) -> Bool { special.contains(id) }

  /// The start of a text: no token has been decoded.
  var start: Progress { Progress(leading: leading) }

  /// How far decoding has come.
  struct Progress: Sendable {
    fileprivate var leading: LeadingSpaces
    fileprivate var isFirst = true
  }

  /// The bytes that the next token of a text adds to it.
  func bytes(of id: Int, _ progress: inout Progress) -> ArraySlice<UInt8> {
    defer { progress.isFirst = false }
    let bytes = self[id, isFirst: progress.isFirst]
    return progress.leading.strip(bytes, keepsSpace: verbatim.contains(id))
  }

  /// The bytes of a token; none for an id that no token has.
  subscript(id: Int, isFirst isFirst: Bool) -> ArraySlice<UInt8> {
    guard id >= 0, id < texts.starts.count - 1 else { return [] }
    if isFirst, let firstTexts { return firstTexts[id] }
    return texts[id]
  }
}
