import Experiment
import Manuscript

extension PromptPairs {
  /// The problem of pairs whose prompts differ in length, which are refused before anything runs.
  static func problems(unaligned settings: PatchSettings, in scope: CellScope) -> [Problem] {
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
    let pairs = rows(data, pair: settings.pair, target: settings.target, accepted: settings.rows.accepts)
    let uneven = pairs.compactMap { pair -> (rows: [Int], lengths: [Int])? in
      let rows = [pair.harmful, pair.harmless].sorted()
      let lengths = rows.compactMap { subject.tokenCount(of: data.rows[$0], in: data) }
      return Set(lengths).count > 1 ? (rows, lengths) : nil
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
}
