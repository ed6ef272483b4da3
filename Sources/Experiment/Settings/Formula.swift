import Manuscript

/// An expression over quantities that the cell's kind names, such as `logit_difference / 2 + kl`.
public struct Formula: SettingValue, Hashable {
  /// The expression.
  public let expression: Expression
  /// Where it stands in the document; equal formulas are equal wherever they stand.
  public var location: SourceLocation { expression.location }

  /// A formula that is a name.
  public init(_ name: String) { expression = Expression(naming: Path(name)) }

  private init(_ expression: Expression) { self.expression = expression }

  /// What may be written, for messages and documentation.
  public static var form: String { "an expression over the cell's quantities" }
  /// The value as a document would write it.
  public var written: String { expression.source }
  /// The names that it refers to.
  public var names: [Located<String>] { expression.names.map { Located("\($0.value)", at: $0.location) } }

  /// Reads the value; see ``SettingValue/read(_:)``.
  public static func read(_ yaml: YAMLValue) throws(Problem) -> Formula {
    guard let text = yaml.string else { throw mismatch(yaml) }
    return Formula(try Expression(text, at: yaml.location))
  }

  /// The number that it comes to.
  ///
  /// - Parameter quantity: the value of a name.
  /// - Throws: a `Problem` if a name has no value, or the whole is not a number.
  public func value(_ quantity: (String) -> Double?) throws -> Double {
    let result = try withoutActuallyEscaping(quantity) { quantity in
      try expression.evaluate { path in quantity("\(path)").map(ExpressionValue.number) }
    }
    guard case .quantity(let number) = result else {
      throw Problem("“\(written)” is not a number", at: location, expected: "expected: arithmetic, no comparison")
    }
    return number.value
  }

  /// Equal formulas are equal wherever they stand.
  public static func == (a: Formula, b: Formula) -> Bool { a.written == b.written }
  /// Hashes what makes it equal.
  public func hash(into hasher: inout Hasher) { hasher.combine(written) }
}
