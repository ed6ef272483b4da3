import Experiment
import Manuscript

extension LabelRules {
  /// The rules as a result, so that other cells can name them.
  package var value: Value {
    func list(_ texts: [String]) -> Value { .list(texts.map { .text($0) }) }
    func map(_ phrases: Phrases) -> Value {
      .group(Dictionary(uniqueKeysWithValues: phrases.categories.map { ($0.name, list($0.phrases)) }))
    }
    var members: [String: Value] = [
      "refusals": list(refusals), "compliances": list(compliances), "negations": list(negations),
      "categories": map(categories), "openings": map(openings), "truth": .text(truth), "mentions": .text(mentions),
      "exclusive": map(exclusive),
    ]
    if !caveats.isEmpty { members["caveats"] = list(caveats) }
    return .group(members)
  }

  /// The rules that another cell declares.
  ///
  /// - Throws: `Problem` if that cell is no `{labeller}`.
  package static func declared(by reference: Reference?, in context: CellContext) throws -> LabelRules {
    guard let reference, let value = context.results(of: reference)?.values["rules"] else {
      throw Problem(
        "“\(reference?.label ?? "")” declares no rules", at: reference?.location ?? context.scope.cell.location,
        help: "give the label of a {labeller} cell")
    }
    func list(_ value: Value?) -> [String] {
      if case .list(let items)? = value { items.map(\.plain) } else { [] }
    }
    func map(_ value: Value?) -> Phrases {
      if case .group(let members)? = value { Phrases(members.mapValues { list($0) }) } else { .none }
    }
    return LabelRules(
      refusals: list(value["refusals"]), compliances: list(value["compliances"]), caveats: list(value["caveats"]),
      categories: map(value["categories"]), openings: map(value["openings"]), negations: list(value["negations"]),
      truth: value["truth"]?.plain ?? "",
      mentions: value["mentions"]?.plain ?? "", exclusive: map(value["exclusive"]))
  }
}
