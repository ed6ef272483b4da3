import Experiment
import Manuscript

/// A claim with its verdict, each of its expectations, and the values that they name.
struct ClaimBlock {
  let id: String
  let label: String
  let says: String
  let verdict: String
  let expectations: [Expectation]
  let code: String

  struct Expectation {
    let condition: String
    let outcome: String
    let values: [Named]
  }

  struct Named {
    let path: String
    let href: String
    let value: String
    let details: String
  }

  init(_ claim: Record.Claim, in record: Record, source: String) {
    id = Numbering.id("claim", claim.label)
    label = claim.label
    says = claim.says
    verdict = claim.verdict.rawValue
    code = source
    expectations = claim.expectations.map { expectation in
      Expectation(
        condition: expectation.source, outcome: expectation.verdict.rawValue,
        values: expectation.values.sorted { $0.key < $1.key }.map { path, value in
          let root = String(path.prefix { !".[".contains($0) })
          // What is no cell's, such as `model.layers`, is a fact of the inputs.
          let target = record.cell(root) == nil ? "provenance" : Numbering.id("cell", root)
          return Named(
            path: path, href: "#\(target)",
            value: ([Words.short(value)] + [Words.interval(value)].compactMap(\.self)).joined(separator: " "),
            details: Words.full(value))
        })
    }
  }
}
