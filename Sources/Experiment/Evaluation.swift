import Manuscript

extension Value {
  /// The value as the expression language sees it; `nil` for a group, which is no value of its own.
  public var expressionValue: ExpressionValue? {
    switch self {
    case .number(let number): .number(number)
    case .estimate(let estimate):
      if let low = estimate.low, let high = estimate.high {
        .quantity(Quantity(estimate.value, low: low, high: high))
      } else {
        .number(estimate.value)
      }
    case .text(let text): .string(text)
    case .flag(let flag): .bool(flag)
    case .list(let items): .list(items.compactMap(\.expressionValue))
    case .group: nil
    }
  }
}

extension Record {
  /// What a path in a claim or an inline value stands for; `nil` if nothing has that name.
  public func value(_ path: Path) -> Value? {
    let start: Value?
    if let cell = cell(path.root) {
      start = .group(cell.results.values)
    } else {
      start = inputs.facts[path.root]
    }
    return path.steps.reduce(start) { value, step in
      switch step {
      case .name(let name): value?[name]
      case .index(let index): value?[index]
      }
    }
  }

  /// The values that expressions see.
  public func resolve(_ path: Path) -> ExpressionValue? {
    value(path)?.expressionValue
  }
}

extension Record.Claim {
  /// Judges a claim by a record's values.
  ///
  /// - Parameter problems: gets an entry for each expectation that names something that no result has; such an
  ///   expectation is inconclusive.
  public init(_ claim: Claim, in record: Record, problems: inout [Problem]) {
    let expectations = claim.expect.map { located in
      var verdict = Verdict.inconclusive
      do throws(Problem) {
        verdict = try located.value.verdict(record.resolve)
      } catch {
        problems.append(error)
      }
      let names = located.value.names.map { $0.value }
      return Record.Expectation(
        source: located.value.source, verdict: verdict,
        values: Dictionary(names.compactMap { name in record.value(name).map { ("\(name)", $0) } }) { first, _ in first
        }
      )
    }
    self.init(
      label: claim.label, says: claim.says, verdict: Verdict.combined(expectations.map(\.verdict)),
      expectations: expectations)
  }
}

extension Value {
  /// The value as prose writes it, with its interval if it has one: `0.982 [0.971, 0.990]`.
  public var formatted: String {
    switch self {
    case .estimate(let estimate):
      NumberFormat.standard(Quantity(estimate.value))
        + (estimate.low.flatMap { low in
          estimate.high.map { " [\(NumberFormat.standard(Quantity(low))), \(NumberFormat.standard(Quantity($0)))]" }
        } ?? "")
    case .number(let number): NumberFormat.standard(Quantity(number))
    default: plain
    }
  }
}
