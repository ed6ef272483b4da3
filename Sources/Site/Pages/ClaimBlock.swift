import Experiment
import Manuscript

/// A claim with its verdict, each of its expectations, and the values that they name.
struct ClaimBlock {
  let id: String
  let label: String
  let says: String
  let verdict: String
  let standing: Standing?
  let expectations: [Expectation]
  let code: String

  /// Whether the claim was made before its results.
  struct Standing {
    let mark: String
    let word: String
    let details: String
  }

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

  init(_ claim: Record.Claim, in page: Page, source: String) {
    let record = page.record
    standing = page.registrations.first { $0.label == claim.label }.map(Self.standing)
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

  private static func standing(_ registration: Registration) -> Standing {
    let wording =
      "worded in \(registration.isInSource ? "the document's commit " : "")"
      + Words.short(commit: registration.wording)
    let first = registration.firstResult.map { ", first result in \(Words.short(commit: $0))" } ?? ", no result yet"
    return Standing(
      mark: registration.standing == .before ? "before" : "after", word: registration.standing.rawValue,
      details: wording + first)
  }
}
