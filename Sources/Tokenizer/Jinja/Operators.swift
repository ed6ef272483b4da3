import Foundation

/// Operators with Python's meaning.
enum Operators {
  static func negate(_ value: Value) throws -> Value {
    if let integer = value.integer { return .int(0 &- integer) }
    if let number = value.number { return .double(-number) }
    throw undefined(value) ?? ValueError("“-” before a \(value.typeName)")
  }

  private static func undefined(_ values: Value...) -> ValueError? {
    for case .undefined(let reason) in values { return ValueError(reason) }
    return nil
  }

  static func apply(_ kind: Expression.Operator, _ a: Value, _ b: Value, _ evaluator: Evaluator) throws -> Value {
    if kind == .join {
      try evaluator.announce(a)
      try evaluator.announce(b)
      let text = a.written + b.written
      try evaluator.made(text.count)
      return .string(text)
    }
    switch (kind, a, b) {
    case (.add, .string(let x), .string(let y)):
      try evaluator.made(x.count + y.count)
      guard x.isMarkup || y.isMarkup else { return .string(x + y) }
      var sum = Filters.escaped(x) + Filters.escaped(y)
      sum.isMarkup = true
      return .string(sum)
    case (.add, .list(let x), .list(let y)):
      try evaluator.made(items: x.count + y.count)
      return .list(x + y)
    case (.add, .tuple(let x), .tuple(let y)):
      try evaluator.made(items: x.count + y.count)
      return .tuple(x + y)
    case (.multiply, .string(let x), _):
      if let count = b.integer { return .string(Text(glyphs: try repeated(x.glyphs, count, evaluator))) }
    case (.multiply, _, .string(let x)):
      if let count = a.integer { return .string(Text(glyphs: try repeated(x.glyphs, count, evaluator))) }
    case (.multiply, .list(let x), _):
      if let count = b.integer { return .list(try repeated(x, count, evaluator)) }
    case (.multiply, _, .list(let x)):
      if let count = a.integer { return .list(try repeated(x, count, evaluator)) }
    case (.multiply, .tuple(let x), _):
      if let count = b.integer { return .tuple(try repeated(x, count, evaluator)) }
    case (.multiply, _, .tuple(let x)):
      if let count = a.integer { return .tuple(try repeated(x, count, evaluator)) }
    case (.remainder, .string(let format), _): return .string(try Formatting.percent(format, b, evaluator))
    default: break
    }
    if let x = a.integer, let y = b.integer { return try integers(kind, x, y) }
    if let x = a.number, let y = b.number { return try numbers(kind, x, y) }
    throw undefined(a, b) ?? ValueError("“\(kind.rawValue)” between a \(a.typeName) and a \(b.typeName)")
  }

  private static func repeated<T>(_ items: [T], _ count: Int, _ evaluator: Evaluator) throws -> [T] {
    guard count > 0, !items.isEmpty else { return [] }
    let (product, overflow) = items.count.multipliedReportingOverflow(by: count)
    let total = overflow ? .max : product
    try T.self == Text.Glyph.self ? evaluator.made(total) : evaluator.made(items: total)
    return Array(repeatElement(items, count: count).joined())
  }

  private static func integers(_ kind: Expression.Operator, _ x: Int, _ y: Int) throws -> Value {
    func checked(_ result: (partialValue: Int, overflow: Bool)) throws -> Value {
      guard !result.overflow else { throw ValueError("the result of “\(kind.rawValue)” is too large") }
      return .int(result.partialValue)
    }
    switch kind {
    case .add: return try checked(x.addingReportingOverflow(y))
    case .subtract: return try checked(x.subtractingReportingOverflow(y))
    case .multiply: return try checked(x.multipliedReportingOverflow(by: y))
    case .floorDivide, .remainder:
      guard y != 0 else { throw ValueError("division by zero") }
      guard y != -1 else { return kind == .remainder ? .int(0) : try checked(x.multipliedReportingOverflow(by: -1)) }
      // Python rounds down, and the remainder has the divisor's sign.
      let (quotient, remainder) = x.quotientAndRemainder(dividingBy: y)
      let adjusts = remainder != 0 && (remainder < 0) != (y < 0)
      return .int(kind == .remainder ? (adjusts ? remainder + y : remainder) : (adjusts ? quotient - 1 : quotient))
    case .power:
      guard y >= 0 else { return try numbers(kind, Double(x), Double(y)) }
      guard y < 64 || x.magnitude <= 1 else { throw ValueError("the result of “**” is too large") }
      var result = 1
      for _ in 0..<(x.magnitude <= 1 ? (y == 0 ? 0 : 2 - y % 2) : y) {
        let product = result.multipliedReportingOverflow(by: x)
        guard !product.overflow else { throw ValueError("the result of “**” is too large") }
        result = product.partialValue
      }
      return .int(result)
    case .divide, .join: return try numbers(kind, Double(x), Double(y))
    }
  }

  private static func numbers(_ kind: Expression.Operator, _ x: Double, _ y: Double) throws -> Value {
    if y == 0, kind == .divide || kind == .floorDivide || kind == .remainder { throw ValueError("division by zero") }
    switch kind {
    case .add: return .double(x + y)
    case .subtract: return .double(x - y)
    case .multiply: return .double(x * y)
    case .divide: return .double(x / y)
    case .floorDivide: return .double((x / y).rounded(.down))
    case .remainder:
      let remainder = x.truncatingRemainder(dividingBy: y)
      return .double(remainder != 0 && (remainder < 0) != (y < 0) ? remainder + y : remainder)
    case .power: return .double(pow(x, y))
    case .join: return .none
    }
  }

  static func holds(
    _ relation: Expression.Relation, _ a: Value, _ b: Value, _ evaluator: Evaluator
  ) throws -> Bool {
    // Texts of unlike length are unlike at a glance.
    if case .string(let x) = a, case .string(let y) = b {
      switch relation {
      case .isIn, .notIn: try evaluator.search(for: x, in: y)
      default: try evaluator.worked(min(x.count, y.count))
      }
    } else if case .dictionary(let dictionary) = b, relation == .isIn || relation == .notIn {
      try evaluator.seek(a, among: dictionary.entries.count)
    } else if case .string = a {
      try evaluator.seek(a, among: b.count)
    } else {
      try evaluator.weigh(a)
      try evaluator.weigh(b)
    }
    switch relation {
    case .equal: return a.equals(b)
    case .notEqual: return !a.equals(b)
    case .isIn: return try contains(b, a)
    case .notIn: return !(try contains(b, a))
    default: break
    }
    if let error = undefined(a, b) { throw error }
    switch relation {
    case .less: return try a.precedes(b)
    case .lessOrEqual: return !(try b.precedes(a))
    case .greater: return try b.precedes(a)
    default: return !(try a.precedes(b))
    }
  }

  static func contains(_ container: Value, _ item: Value) throws -> Bool {
    switch container {
    case .string(let text):
      guard case .string(let part) = item else {
        throw undefined(item) ?? ValueError("“in” a text wants a text, not a \(item.typeName)")
      }
      return text.firstIndex(of: part) != nil
    case .dictionary(let dictionary): return dictionary[item] != nil
    case .undefined, .list, .tuple, .view: return try container.items().contains { $0.equals(item) }
    default: throw ValueError("“in” a \(container.typeName)")
    }
  }
}
