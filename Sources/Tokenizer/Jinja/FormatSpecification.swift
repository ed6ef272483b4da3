import Foundation

/// How one value is formatted: what stands between `%` and its letter, or behind the colon in `{:>8.2f}`.
struct FormatSpecification {
  var fill: Unicode.Scalar = " "
  /// `<`, `>`, `^` or `=`; `nil` leaves it to the kind of value.
  var alignment: Unicode.Scalar?
  /// `+`, `-` or a space.
  var sign: Unicode.Scalar = "-"
  /// `#`: with the prefix of the base.
  var isAlternate = false
  var width = 0
  /// `,` or `_` between groups of digits.
  var grouping: Unicode.Scalar?
  var precision: Int?
  /// The letter; `nil` leaves it to the kind of value.
  var kind: Unicode.Scalar?

  init() {}

  /// Reads what stands behind the colon: `[[fill]align][sign][#][0][width][,][.precision][kind]`.
  ///
  /// - Throws: `ValueError` if it is not that.
  init(_ text: String) throws {
    var rest = Array(text.unicodeScalars)[...]
    func isAlignment(_ scalar: Unicode.Scalar) -> Bool { "<>=^".unicodeScalars.contains(scalar) }
    if rest.count > 1, isAlignment(rest[rest.startIndex + 1]) {
      fill = rest.removeFirst()
      alignment = rest.removeFirst()
    } else if let first = rest.first, isAlignment(first) {
      alignment = rest.removeFirst()
    }
    if let first = rest.first, "+- ".unicodeScalars.contains(first) { sign = rest.removeFirst() }
    if rest.first == "#" {
      isAlternate = true
      rest.removeFirst()
    }
    if rest.first == "0" {
      rest.removeFirst()
      if alignment == nil { (fill, alignment) = ("0", "=") }
    }
    width = Self.number(&rest) ?? 0
    if let first = rest.first, first == "," || first == "_" { grouping = rest.removeFirst() }
    if rest.first == "." {
      rest.removeFirst()
      guard let digits = Self.number(&rest) else { throw ValueError("a format without its precision: “\(text)”") }
      precision = digits
    }
    kind = rest.popFirst()
    guard rest.isEmpty else { throw ValueError("no format “\(text)”") }
  }

  /// Decimal digits at the start, which are taken off.
  static func number(_ scalars: inout ArraySlice<Unicode.Scalar>) -> Int? {
    var value: Int?
    while let first = scalars.first, ("0"..."9").contains(first), (value ?? 0) < 100_000_000 {
      value = (value ?? 0) * 10 + Int(first.value - 0x30)
      scalars.removeFirst()
    }
    return value
  }

  /// The value as `format(value, specification)` gives it.
  func text(_ value: Value) throws -> Text {
    switch value {
    case .string(let text):
      guard kind == nil || kind == "s" else { throw unfit(value) }
      return try padded(Text(glyphs: text.glyphs.prefix(precision ?? .max)), isNumber: false)
    case .bool(let flag) where kind == nil: return try padded(Text(flag ? "True" : "False"), isNumber: false)
    case .bool, .int, .double: return try number(value)
    default:
      guard kind == nil, width == 0, alignment == nil, precision == nil else { throw unfit(value) }
      return value.written
    }
  }

  /// A number with its sign, prefix, groups and width.
  func number(_ value: Value) throws -> Text {
    let negative: Bool
    var digits: String
    var prefix = ""
    if let integer = value.integer, kind.map({ "bcdnoxX".unicodeScalars.contains($0) }) ?? true {
      guard precision == nil else { throw unfit(value) }
      if kind == "c" {
        guard let scalar = UInt32(exactly: integer).flatMap(Unicode.Scalar.init) else { throw unfit(value) }
        return try padded(Text(String(Character(scalar))), isNumber: false)
      }
      let base =
        switch kind {
        case "b": 2
        case "o": 8
        case "x", "X": 16
        default: 10
        }
      negative = integer < 0
      digits = String(integer.magnitude, radix: base, uppercase: kind == "X")
      if isAlternate, base != 10, let kind { prefix = "0\(kind)" }
    } else if let number = value.number, kind.map({ "eEfFgG%n".unicodeScalars.contains($0) }) ?? true {
      negative = number.sign == .minus && !number.isNaN
      digits = try Self.digits(number.magnitude, kind, precision)
    } else {
      throw unfit(value)
    }
    if let grouping { digits = grouped(digits, by: grouping, prefix: prefix.count + (negative || sign != "-" ? 1 : 0)) }
    let mark = negative ? "-" : sign == "-" ? "" : String(sign)
    if alignment == "=" {
      let room = max(0, try checkedWidth() - mark.count - prefix.count - digits.count)
      return Text(mark + prefix + String(repeating: String(fill), count: room) + digits)
    }
    return try padded(Text(mark + prefix + digits), isNumber: true)
  }

  /// The digits of a number that is not negative.
  private static func digits(_ number: Double, _ kind: Unicode.Scalar?, _ precision: Int?) throws -> String {
    let decimals = min(precision ?? 6, 300)
    guard number.isFinite else { return number.isNaN ? "nan" : "inf" }
    switch kind {
    case "%": return String(format: "%.\(decimals)f", number * 100) + "%"
    case nil:
      guard precision != nil else { return Value.written(number) }
      // As g, but with an exponent one place earlier, and with at least one decimal where there is none.
      let significant = max(decimals, 1)
      let scientific = String(format: "%.\(significant - 1)e", number)
      let parts = scientific.split(separator: "e")
      let exponent = parts.last.flatMap { Int($0) } ?? 0
      guard exponent >= -4, exponent < significant - 1 else {
        let mantissa = parts.first.map(String.init) ?? ""
        let end = mantissa.contains(".") ? mantissa.lastIndex { $0 != "0" && $0 != "." } : mantissa.indices.last
        return (end.map { String(mantissa[...$0]) } ?? mantissa) + "e" + (parts.last.map(String.init) ?? "")
      }
      let short = String(format: "%.\(significant)g", number)
      return short.contains(".") ? short : short + ".0"
    case let kind?: return String(format: "%.\(decimals)\(kind == "n" ? "g" : String(kind))", number)
    }
  }

  /// Digits in groups of three; zeros that fill a width are grouped too.
  private func grouped(_ digits: String, by separator: Unicode.Scalar, prefix: Int) -> String {
    let whole = digits.prefix { $0.isNumber || $0.isLetter }
    let rest = digits.dropFirst(whole.count)
    let size = kind.map { "boxX".unicodeScalars.contains($0) } ?? false ? 4 : 3
    func group(_ whole: String) -> String {
      var result = ""
      let count = whole.count
      for (index, digit) in whole.enumerated() {
        if index > 0, (count - index) % size == 0 { result.unicodeScalars.append(separator) }
        result.append(digit)
      }
      return result
    }
    var filled = String(whole)
    if fill == "0", alignment == "=" {
      let (digits, others) = (filled.count, rest.count + prefix)
      var count = digits
      while count + max(0, count - 1) / size + others < width { count += 1 }
      filled = String(repeating: "0", count: count - digits) + filled
    }
    return group(filled) + rest
  }

  private func checkedWidth() throws -> Int {
    guard width <= Evaluator.maximumCharacters else { throw ValueError("a width of \(width)", kind: .limit) }
    return width
  }

  private func padded(_ text: Text, isNumber: Bool) throws -> Text {
    let room = max(0, try checkedWidth() - text.count)
    func run(_ count: Int) -> Text { Text(glyphs: Array(repeating: Text.Glyph(fill), count: count)) }
    switch alignment ?? (isNumber ? ">" : "<") {
    case "<": return text + run(room)
    case "^": return run(room / 2) + text + run(room - room / 2)
    case "=" where !isNumber && fill != "0": throw ValueError("“=” aligns numbers only")
    case "=": return text + run(room)
    default: return run(room) + text
    }
  }

  private func unfit(_ value: Value) -> ValueError {
    ValueError("a \(value.typeName) cannot be formatted as “\(kind.map(String.init) ?? "")”")
  }
}
