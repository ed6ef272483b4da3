/// The tokens of a tokenizer, found by their spelling and by their id.
struct Vocabulary: Sendable {
  /// Ids from here on are refused: they would only make tables large.
  static let idLimit = 1 << 24

  /// All spellings, in the order in which they came.
  private(set) var names = ByteTable()
  /// The id of each name.
  private(set) var ids: [Int32] = []
  /// For each id its name, or -1.
  private(set) var nameOfID: [Int32] = []

  /// One more than the largest id.
  var size: Int { nameOfID.count }

  /// Adds a token; the same one with the same id again is no mistake.
  /// - Parameter place: where in the file the token stands, for messages.
  /// - Throws: `TokenizerError` if the id is out of range or taken, or the token has another id already.
  mutating func insert(_ name: some StringProtocol, id: Int, file: String, place: String) throws {
    guard (0..<Self.idLimit).contains(id) else {
      throw TokenizerError.unexpectedValue(
        file: file, path: place, expected: "an id from 0 to \(Self.idLimit - 1)", found: "the id \(id) of “\(name)”")
    }
    let entry = names.insert(String(name))
    if entry < ids.count {
      guard ids[entry] == Int32(id) else {
        throw TokenizerError.unexpectedValue(
          file: file, path: place, expected: "“\(name)” to keep its id \(ids[entry])", found: "the id \(id)")
      }
      return
    }
    while nameOfID.count <= id { nameOfID.append(-1) }
    if nameOfID[id] >= 0 {
      let first = String(decoding: names[Int(nameOfID[id])], as: UTF8.self)
      throw TokenizerError.conflictingTokens(file: file, first: first, second: String(name), id: id)
    }
    nameOfID[id] = Int32(entry)
    ids.append(Int32(id))
  }

  /// The id of a token by its spelling.
  func id(of name: String) -> Int? { names.find(name).map { Int(ids[$0]) } }

  /// The spelling of a token; `nil` for an id that no token has.
  func name(of id: Int) -> ArraySlice<UInt8>? {
    guard nameOfID.indices.contains(id), nameOfID[id] >= 0 else { return nil }
    return names[Int(nameOfID[id])]
  }

  /// The spellings and ids as a table for look-ups by bytes.
  var table: TokenTable { TokenTable(names: names, ids: ids) }
}
