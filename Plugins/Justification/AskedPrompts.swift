import Experiment
import Labelling
import Transformer

/// The prompts of a `{justify}` cell, with what each one's response is compared with.
struct AskedPrompts {
  let prompts: [Prompt]
  /// By prompt: its row.
  let rows: [Dataset.Row]
  /// By prompt: whether its request is harmful.
  let harmful: [Bool]
  /// By prompt: its partner in the pair; empty unless activations are patched.
  let partners: [Prompt]
  /// By prompt: the category whose mean its own is exchanged for; empty unless categories are swapped.
  let injected: [String]
  /// The means behind ``injected``.
  let means: CategoryMeans?
  /// By prompt: the categories that the response names if it follows what was put in; empty if nothing has a category.
  let expected: [Set<String>]

  init(_ settings: JustifySettings, rules: LabelRules, in context: CellContext) throws {
    let data = try context.data
    let accepted = try context.prompts(where: settings.rows)
    var groups: [String: [Prompt]] = [:]
    if settings.operation == .patch {
      groups = Dictionary(grouping: try context.prompts()) { data.rows[$0.row][settings.pair]?.plain ?? "" }
    }
    func partner(of prompt: Prompt) -> Prompt? {
      let name = data.rows[prompt.row][settings.pair]?.plain ?? ""
      guard !name.isEmpty, let members = groups[name], members.count == 2 else { return nil }
      return members.first { $0.row != prompt.row }
    }
    let means = settings.operation == .swap ? try CategoryMeans(settings, in: context) : nil
    func category(of prompt: Prompt) -> String { data.rows[prompt.row][settings.category]?.plain ?? "" }
    var chosen = accepted.filter { prompt in
      (settings.operation != .patch || partner(of: prompt) != nil)
        && (means?.knows(category(of: prompt)) ?? true)
    }
    if let sample = settings.sample, sample < chosen.count {
      var generator = context.stream("sample").generator()
      chosen = chosen.shuffled(using: &generator).prefix(sample).sorted { $0.row < $1.row }
    }
    guard chosen.count >= 8 else { throw TooFewPrompts(found: chosen.count, pair: settings.pair, settings.operation) }
    prompts = chosen
    rows = chosen.map { data.rows[$0.row] }
    harmful = rows.map { $0[settings.target]?.truth == true }
    partners = settings.operation == .patch ? chosen.compactMap(partner) : []
    let own = chosen.map(category)
    injected = means.map { means in own.indices.map { means.other(than: own[$0], at: $0) } } ?? []
    self.means = means
    expected =
      settings.operation == .patch ? partners.map { rules.trueCategories(data.rows[$0.row]) } : injected.map { [$0] }
  }

  /// The token of each prompt where a change does not belong: the first of the request.
  var misplaced: [[Int]] { prompts.map { [$0.instruction.lowerBound] } }
}

/// Prompts are missing, or their partners are.
struct TooFewPrompts: Error, CustomStringConvertible {
  let found: Int
  let pair: String
  let operation: JustifySettings.Operation

  init(found: Int, pair: String, _ operation: JustifySettings.Operation) {
    (self.found, self.pair, self.operation) = (found, pair, operation)
  }

  var description: String {
    "only \(found) prompts are left to ask; at least 8 are needed; check “rows” and “sample”"
      + (operation == .patch ? ", and that two rows share each value of “\(pair)”" : "")
  }
}
