import Foundation

/// How an inline value is written: text around one conversion of C's `printf`, such as `%.3f`, `%d`, `%.1f%%` or `%s`.
public struct NumberFormat: Sendable, Hashable {
  /// The format as written.
  public let source: String
  /// The conversion: one of `d f e g s`.
  public let conversion: Character
  /// Text before and after the conversion, with `%%` read as `%`.
  let prefix: String
  let suffix: String
  /// Flags, width and precision, as `printf` reads them.
  let options: String

  /// What a format may be, for messages.
  public static let expectation = "expected: one of %d %f %.3f %e %g %s, with text around it and %% for a percent sign"

  /// Reads a format.
  ///
  /// - Throws: A ``Problem`` at `location` if the text holds no conversion, more than one, or an unknown one.
  public init(_ source: String, at location: SourceLocation) throws(Problem) {
    func problem(_ message: String) -> Problem { Problem(message, at: location, expected: Self.expectation) }
    var rest = Substring(source)
    var literal = ""
    var found: (conversion: Character, options: String, prefix: String)?
    while let character = rest.popFirst() {
      guard character == "%" else {
        literal.append(character)
        continue
      }
      if rest.first == "%" {
        literal.append(rest.removeFirst())
        continue
      }
      let options = rest.prefix { "+- #0".contains($0) || ($0.isASCII && $0.isNumber) || $0 == "." }
      rest = rest.dropFirst(options.count)
      guard let conversion = rest.popFirst(), "dfegs".contains(conversion), Self.areValid(options) else {
        throw problem("the format “\(source)” has an unknown conversion")
      }
      guard found == nil else { throw problem("the format “\(source)” has more than one conversion") }
      found = (conversion, String(options), literal)
      literal = ""
    }
    guard let found else { throw problem("the format “\(source)” has no conversion") }
    self.source = source
    self.conversion = found.conversion
    self.options = found.options
    self.prefix = found.prefix
    self.suffix = literal
  }

  /// Writes a value.
  ///
  /// - Throws: ``Mismatch`` if the conversion cannot write such a value: `%d` needs a whole number,
  ///   `%f %e %g` need a number, `%s` takes all but a list.
  public func string(for value: ExpressionValue) throws(Mismatch) -> String {
    let written: String
    switch (conversion, value) {
    case ("s", .list): throw Mismatch(format: source, found: value.summary)
    case ("s", _): written = Self.padded(Self.standard(value), options)
    case ("d", .quantity(let quantity)):
      guard let whole = Int(exactly: quantity.value) else { throw Mismatch(format: source, found: value.summary) }
      written = printed("%\(options)ld", whole)
    case (_, .quantity(let quantity)) where conversion != "d":
      written = printed("%\(options)\(conversion)", quantity.value)
    default: throw Mismatch(format: source, found: value.summary)
    }
    return prefix + written + suffix
  }

  /// A value that its format cannot write.
  public struct Mismatch: Error, Sendable, Hashable, CustomStringConvertible {
    /// The format as written.
    public let format: String
    /// What the value is.
    public let found: String

    /// What does not fit, in one clause.
    public var description: String { "the format “\(format)” cannot write \(found)" }
  }
}

extension NumberFormat {
  /// A value as prose writes it when no format is given.
  public static func standard(_ value: ExpressionValue) -> String {
    switch value {
    case .quantity(let quantity): standard(quantity)
    case .string(let text): text
    case .bool(let flag): flag ? "true" : "false"
    case .verdict(let verdict): verdict.rawValue
    case .list(let values): values.map(standard).joined(separator: ", ")
    }
  }

  /// A number as prose writes it: whole numbers without decimals, estimates and others with three decimals,
  /// three significant digits below 0.1, and a power of ten below 0.001 or from 10¹⁵ on.
  public static func standard(_ quantity: Quantity) -> String {
    let value = quantity.value
    let size = abs(value)
    guard value.isFinite else { return value.isNaN ? "not a number" : value < 0 ? "−∞" : "∞" }
    if size < 1e15, value == value.rounded(), !quantity.isEstimate { return String(Int(value)) }
    switch size {
    case 1e15...: return printed("%.2e", value)
    case 0.1..., 0: return printed("%.3f", value)
    case 0.01...: return printed("%.4f", value)
    case 0.001...: return printed("%.5f", value)
    default: return printed("%.2e", value)
    }
  }

  /// Whether flags come before width, width before precision, and both are at most two digits.
  private static func areValid(_ options: Substring) -> Bool {
    let parts = options.drop { "+- #0".contains($0) }.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count <= 2 && parts.allSatisfy { $0.count <= 2 && $0.allSatisfy { $0.isASCII && $0.isNumber } }
  }

  /// Text to the width that `%s` options ask for.
  private static func padded(_ text: String, _ options: String) -> String {
    let width = Int(options.drop { "+- #0".contains($0) }.prefix { $0 != "." }) ?? 0
    let padding = String(repeating: " ", count: max(0, width - text.count))
    return options.contains("-") ? text + padding : padding + text
  }
}

/// `String(format:)` with one argument; the callers have checked that the conversion fits its type.
private func printed(_ format: String, _ value: some CVarArg) -> String { String(format: format, value) }
