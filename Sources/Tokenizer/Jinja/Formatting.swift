/// Python's ways to format text, as far as templates use them.
enum Formatting {
  static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }

  /// Every word with a capital.
  static func title(_ text: Text) -> Text {
    var insideWord = false
    return text.mapped { scalar in
      defer { insideWord = scalar.properties.isCased }
      return insideWord ? scalar.properties.lowercaseMapping : scalar.properties.titlecaseMapping
    }
  }

  static func pad(_ text: Text, _ name: String, width: Int, fill: Text?) throws -> Text {
    guard width <= Evaluator.maximumCharacters else { throw ValueError("a width of \(width)", kind: .limit) }
    let room = max(0, width - text.count)
    guard room > 0 else { return text }
    let glyph = name == "zfill" ? Text.Glyph("0") : fill?.glyphs.first ?? Text.Glyph(" ")
    func run(_ count: Int) -> Text { Text(glyphs: Array(repeating: glyph, count: count)) }
    switch name {
    case "ljust": return text + run(room)
    case "center":
      // Python puts the odd one left when the width is odd.
      let left = room / 2 + (room & width & 1)
      return run(left) + text + run(room - left)
    case "zfill":
      if let sign = text.glyphs.first, sign.scalar == "-" || sign.scalar == "+" {
        return Text(glyphs: [sign]) + run(room) + Text(glyphs: text.glyphs.dropFirst())
      }
      return run(room) + text
    default: return run(room) + text
    }
  }

  /// `"%s and %d" % values`
  static func percent(_ format: Text, _ value: Value) throws -> Text {
    var values: [Value]
    if case .tuple(let items) = value { values = items } else { values = [value] }
    return try percent(format, values: &values)
  }

  static func percent(_ format: Text, values: inout [Value]) throws -> Text {
    var result = Text()
    var place = 0
    while place < format.count {
      let glyph = format.glyphs[place]
      place += 1
      guard glyph.scalar == "%" else {
        result.glyphs.append(glyph)
        continue
      }
      guard place < format.count else { throw ValueError("a format that ends with “%”") }
      var precision: Int?
      if format.glyphs[place].scalar == "." {
        place += 1
        var digits = 0
        while place < format.count, let digit = Character(format.glyphs[place].scalar).wholeNumberValue, digits < 100 {
          digits = digits * 10 + digit
          place += 1
        }
        precision = digits
      }
      guard place < format.count else { throw ValueError("an incomplete format") }
      let kind = format.glyphs[place].scalar
      place += 1
      if kind == "%" {
        result.glyphs.append(glyph)
        continue
      }
      guard !values.isEmpty else { throw ValueError("not enough values for the format") }
      result.glyphs += try conversion(kind, values.removeFirst(), precision: precision).glyphs
    }
    guard values.isEmpty else { throw ValueError("too many values for the format") }
    return result
  }

  private static func conversion(_ kind: Unicode.Scalar, _ value: Value, precision: Int?) throws -> Text {
    switch kind {
    case "s": return value.written
    case "r": return value.represented
    case "d", "i":
      if let integer = value.integer { return Text(String(integer)) }
      guard let number = value.number, let integer = Int(exactly: number.rounded(.towardZero)) else {
        throw ValueError("“%d” wants a number, not a \(value.typeName)")
      }
      return Text(String(integer))
    case "f":
      guard let number = value.number else { throw ValueError("“%f” wants a number, not a \(value.typeName)") }
      return Text(fixed(number, precision ?? 6))
    default: throw ValueError("no format “%\(kind)”; there are %s %r %d %f", kind: .unsupported)
    }
  }

  /// A number with that many decimals.
  static func fixed(_ value: Double, _ decimals: Int) -> String {
    value.formatted(decimals: min(max(decimals, 0), 40))
  }

  /// `"{} and {name}".format(...)`
  static func braces(_ format: Text, _ arguments: Arguments) throws -> Text {
    var result = Text()
    var place = 0
    var automatic = 0
    while place < format.count {
      let glyph = format.glyphs[place]
      place += 1
      let doubled = place < format.count && format.glyphs[place].scalar == glyph.scalar
      switch glyph.scalar {
      case "{" where doubled, "}" where doubled:
        result.glyphs.append(glyph)
        place += 1
      case "{":
        guard let end = format.firstIndex(of: Text("}"), from: place) else { throw ValueError("“{” without “}”") }
        let name = Text(glyphs: format.glyphs[place..<end]).string
        place = end + 1
        guard !name.contains(where: { ":!.[".contains($0) }) else {
          throw ValueError("the format “{\(name)}”; there are {}, {0} and {name}", kind: .unsupported)
        }
        let index = name.isEmpty ? automatic : Int(name)
        if name.isEmpty { automatic += 1 }
        let value =
          index.map { arguments.positional.indices.contains($0) ? arguments.positional[$0] : nil }
          ?? arguments.named[name]
        guard let value else { throw ValueError("no value for “{\(name)}”") }
        result.glyphs += value.written.glyphs
      case "}": throw ValueError("“}” without “{”")
      default: result.glyphs.append(glyph)
      }
    }
    return result
  }
}
