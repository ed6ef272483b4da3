import Experiment
import Manuscript

/// Pairs of prompts that differ in one place and align token by token.
struct PromptPairs {
  let harmful: [Prompt]
  let harmless: [Prompt]
  /// Pairs left out because their prompts have different numbers of tokens, so that positions do not correspond.
  let unaligned: Int

  /// The problem of pairs whose prompts differ in length, which are refused before anything runs.
  static func problems(_ settings: PatchSettings, in scope: CellScope) -> [Problem] {
    if settings.unaligned == .byName {
      // What a query gave to each key has no place in a prompt with other keys, and paths are held position by position.
      guard settings.site.hook.isPairwise || settings.receiver != nil else { return [] }
      let what = settings.receiver == nil ? settings.site.written : "a path"
      return [
        Problem(
          "\(what) relates all positions to each other, which by_name does not map",
          at: scope.location(of: "unaligned"), expected: "expected: refuse or leave_out")
      ]
    }
    guard settings.unaligned == .refuse, let data = scope.data, let subject = scope.subject else { return [] }
    let rows = data.rows.indices.filter { settings.rows.accepts(data.rows[$0]) }
    let pairs = Dictionary(grouping: rows) { data.rows[$0][settings.pair]?.plain ?? "" }
      .filter { !$0.key.isEmpty && $0.value.count == 2 }
    let uneven = pairs.compactMap { pair, rows -> (pair: String, rows: [Int], lengths: [Int])? in
      let lengths = rows.compactMap { subject.tokenCount(of: data.rows[$0], in: data) }
      return Set(lengths).count > 1 ? (pair, rows, lengths) : nil
    }
    guard let first = uneven.min(by: { $0.rows[0] < $1.rows[0] }) else { return [] }
    return [
      Problem(
        "\(uneven.count) of \(pairs.count) pairs of the data “\(data.name)” are prompts of different lengths: rows "
          + "\(first.rows.map { "\(data.numbers[$0])" }.joined(separator: " and ")) have "
          + "\(first.lengths.map(String.init).joined(separator: " and ")) tokens",
        at: scope.location(of: "pair"), expected: "expected: pairs whose tokens correspond one to one",
        help: "reword them, or leave them out: unaligned: leave_out; or find positions by name: by_name")
    ]
  }

  /// - Throws: `TooFewPairs` if fewer than eight pairs align.
  init(_ settings: PatchSettings, in context: CellContext) throws {
    let data = try context.data
    let prompts = try context.prompts(where: settings.rows)
    let groups = Dictionary(grouping: prompts) { data.rows[$0.row][settings.pair]?.plain ?? "" }
    var (harmful, harmless): ([Prompt], [Prompt]) = ([], [])
    var unaligned = 0
    for name in groups.keys.sorted() where !name.isEmpty {
      let members = groups[name] ?? []
      let sides = members.map { data.rows[$0.row][settings.target]?.truth }
      guard members.count == 2, let first = sides.firstIndex(of: true), let second = sides.firstIndex(of: false) else {
        continue
      }
      guard members[0].tokens.count == members[1].tokens.count || settings.unaligned == .byName else {
        unaligned += 1
        continue
      }
      harmful.append(members[first])
      harmless.append(members[second])
    }
    guard harmful.count >= 8 else { throw TooFewPairs(found: harmful.count, unaligned: unaligned) }
    (self.harmful, self.harmless, self.unaligned) = (harmful, harmless, unaligned)
  }
}

/// Data that are not paired, or whose pairs do not align.
struct TooFewPairs: Error, CustomStringConvertible {
  let found: Int
  let unaligned: Int

  var description: String {
    "only \(found) pairs of a harmful and a harmless prompt with equally many tokens; at least 8 are needed "
      + "(\(unaligned) pairs have different lengths); check “pair”, “target” and “rows”"
  }
}
