import Experiment
import Foundation
import Manuscript
import Statistics
import Tensor

/// How values, dates and names are put in words, the same on every page.
enum Words {
  /// `2026-11-22 14:21 UTC`
  static func date(_ date: Date) -> String {
    date.ISO8601Format().prefix(16).replacing("T", with: " ") + " UTC"
  }

  /// The first digits of a commit's name: enough for people.
  static func short(commit: String) -> String { String(commit.prefix(10)) }

  /// A value to full precision with its interval and its n, a line each.
  static func full(_ value: Value) -> String {
    if case .estimate(let estimate) = value { full(estimate) } else { value.plain }
  }

  /// An estimate to full precision with its interval and its n, a line each.
  static func full(_ estimate: Estimate) -> String {
    var words = full(estimate.value)
    if let low = estimate.low, let high = estimate.high { words += "\n95% interval \(full(low)) to \(full(high))" }
    if let n = estimate.n { words += "\nn = \(n)" }
    return words
  }

  private static func full(_ number: Double) -> String {
    number.isFinite ? Value.number(number).plain : NumberFormat.standard(Quantity(number))
  }

  /// A value as it stands by itself; estimates without their intervals.
  static func short(_ value: Value) -> String {
    switch value {
    case .estimate(let estimate): number(estimate.value, isEstimate: true)
    case .number(let exact): number(exact)
    default: value.plain
    }
  }

  /// `[0.971, 0.990]`; `nil` if the value has no interval.
  static func interval(_ value: Value, format: NumberFormat? = nil) -> String? {
    guard case .estimate(let estimate) = value, let low = estimate.low, let high = estimate.high else { return nil }
    return "[\(number(low, format, isEstimate: true)), \(number(high, format, isEstimate: true))]"
  }

  /// A number by a format; by the usual rule if there is none, or if it cannot write such a number.
  ///
  /// - Parameter isEstimate: whether a whole number is one by chance, and keeps its decimals.
  static func number(_ number: Double, _ format: NumberFormat? = nil, isEstimate: Bool = false) -> String {
    if let format, let text = try? format.string(for: .number(number)) { return text }
    return NumberFormat.standard(isEstimate ? Quantity(number, low: number, high: number) : Quantity(number))
  }

  /// `1 cell`, `2 cells`
  static func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}

extension Record {
  /// The document, read again; `nil` if it is not one that this version reads.
  func parsedDocument() -> Document? {
    try? Document.parse(
      source: document, file: "experiments/\(experiment).md", overrides: inputs.overrides,
      roots: Document.wellKnownRoots.union(inputs.facts.keys))
  }

  /// What people wrote in the document, without its cells: records that differ in cells alone have equal prose.
  package var prose: Digest {
    guard let document = parsedDocument() else { return Digest(of: self.document) }
    let written = document.html(value: \.source, reference: \.source, cell: { _ in "" })
    return Digest(of: [document.title, document.frontMatter.description ?? "", written].joined(separator: "\n"))
  }

  /// What was found, in one sentence made from the claims; from the first headline value if there are none.
  var finding: String {
    guard let leading = claims.first(where: { $0.verdict == .supported }) ?? claims.first else {
      return headline.first.map { "\($0.path) is \($0.value.formatted)." } ?? "Nothing is claimed."
    }
    let says = leading.says.trimmingCharacters(in: .whitespacesAndNewlines)
    switch leading.verdict {
    case .supported: return says
    case .refuted: return "Refuted: \(says)"
    case .inconclusive: return "Undecided: \(says)"
    }
  }

  /// The verdicts with how many claims came to each: `supported`, or `2 supported`, `1 refuted`.
  var verdictChips: [VerdictChip] {
    Verdict.allCases.compactMap { verdict in
      let count = claims.count { $0.verdict == verdict }
      guard count > 0 else { return nil }
      return VerdictChip(word: verdict.rawValue, text: claims.count == 1 ? verdict.rawValue : "\(count) \(verdict)")
    }
  }
}

/// A verdict as its mark shows it.
struct VerdictChip {
  let word: String
  let text: String
}
