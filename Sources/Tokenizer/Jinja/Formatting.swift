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
    return text.mappedByPlace { index, scalar in
      defer { insideWord = scalar.properties.isCased }
      return insideWord ? text.lowercased(at: index) : scalar.properties.titlecaseMapping
    }
  }

  /// With spaces up to the next multiple of a size in place of each tab.
  static func expandingTabs(_ text: Text, size: Int, _ evaluator: Evaluator) throws -> Text {
    var (result, column) = (Text(), 0)
    for glyph in text.glyphs {
      switch glyph.scalar {
      case "\t":
        let room = size > 0 ? size - column % size : 0
        try evaluator.made(room)
        result.glyphs += repeatElement(Text.Glyph(" "), count: room)
        column += room
      default:
        result.glyphs.append(glyph)
        column = glyph.scalar == "\n" || glyph.scalar == "\r" ? 0 : column + 1
      }
    }
    return result
  }

  static func pad(
    _ text: Text, _ name: String, width: Int, fill: Text?, _ evaluator: Evaluator
  ) throws -> Text {
    guard width <= Evaluator.maximumCharacters else { throw ValueError("a width of \(width)", kind: .limit) }
    guard width > text.count else { return text }
    let room = width - text.count
    try evaluator.made(room)
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
  static func percent(_ format: Text, _ value: Value, _ evaluator: Evaluator) throws -> Text {
    var values = [value][...]
    if case .tuple(let items) = value { values = items[...] }
    var isNamed = false
    let result = try percent(format, &values, named: value, isNamed: &isNamed, evaluator)
    // A mapping, or any list, may stay unused; a text or a number may not.
    let isLoose =
      switch value {
      case .dictionary, .list: true
      default: false
      }
    guard values.isEmpty || isNamed || isLoose else { throw ValueError("too many values for the format") }
    return result
  }

  private static func percent(
    _ format: Text, _ values: inout ArraySlice<Value>, named: Value, isNamed: inout Bool, _ evaluator: Evaluator
  ) throws -> Text {
    var result = Text()
    var place = 0
    func next() throws -> Unicode.Scalar {
      guard place < format.count else { throw ValueError("an incomplete format") }
      defer { place += 1 }
      return format.glyphs[place].scalar
    }
    func take() throws -> Value {
      guard let value = values.popFirst() else { throw ValueError("not enough values for the format") }
      return value
    }
    func count(_ scalar: inout Unicode.Scalar) throws -> Int? {
      if scalar == "*" {
        guard let width = try take().integer else { throw ValueError("“*” wants a whole number") }
        scalar = try next()
        return width
      }
      var number: Int?
      while ("0"..."9").contains(scalar), (number ?? 0) < 100_000_000 {
        number = (number ?? 0) * 10 + Int(scalar.value - 0x30)
        scalar = try next()
      }
      return number
    }
    while place < format.count {
      let glyph = format.glyphs[place]
      place += 1
      guard glyph.scalar == "%" else {
        result.glyphs.append(glyph)
        continue
      }
      var kind = try next()
      var found: Value?
      if kind == "(" {
        guard case .dictionary(let dictionary) = named, let end = format.firstIndex(of: Text(")"), from: place) else {
          throw ValueError("“%(name)s” wants a mapping")
        }
        let name = Text(glyphs: format.glyphs[place..<end])
        try evaluator.seek(.string(name), among: dictionary.entries.count)
        guard let value = dictionary[.string(name)] else { throw ValueError("no value for “\(name.string)”") }
        (found, isNamed, place) = (value, true, end + 1)
        kind = try next()
      }
      var specification = FormatSpecification()
      specification.alignment = ">"
      while "#0- +".unicodeScalars.contains(kind) {
        switch kind {
        case "#": specification.isAlternate = true
        case "0" where specification.alignment != "<": (specification.fill, specification.alignment) = ("0", "=")
        case "-": (specification.fill, specification.alignment) = (" ", "<")
        case "+": specification.sign = "+"
        case " " where specification.sign != "+": specification.sign = " "
        default: break
        }
        kind = try next()
      }
      let width = try count(&kind) ?? 0
      specification.width = Int(clamping: width.magnitude)
      if width < 0 { (specification.fill, specification.alignment) = (" ", "<") }
      if kind == "." {
        kind = try next()
        specification.precision = max(0, try count(&kind) ?? 0)
      }
      if kind == "%" {
        result.glyphs.append(glyph)
        continue
      }
      let value = try found ?? take()
      try charge(value, specification, evaluator)
      result.glyphs += try conversion(kind, value, specification).glyphs
    }
    return result
  }

  /// Counts what a value takes to be written with a specification.
  private static func charge(
    _ value: Value, _ specification: FormatSpecification, _ evaluator: Evaluator
  ) throws {
    try evaluator.worked(Evaluator.application)
    try evaluator.announce(.list([value]))
    try evaluator.made(specification.width)
  }

  private static func conversion(
    _ kind: Unicode.Scalar, _ value: Value, _ specification: FormatSpecification
  ) throws -> Text {
    var specification = specification
    switch kind {
    case "s", "r", "a":
      (specification.fill, specification.kind) = (" ", "s")
      if specification.alignment == "=" { specification.alignment = ">" }
      guard kind != "a" else { throw ValueError("no format “%a”", kind: .unsupported) }
      return try specification.text(.string(kind == "s" ? value.written : value.represented))
    case "c":
      if specification.alignment == "=" { (specification.fill, specification.alignment) = (" ", ">") }
      guard case .string(let text) = value else {
        specification.kind = "c"
        return try specification.number(value)
      }
      guard text.count == 1 else { throw ValueError("“%c” wants one character") }
      return try specification.text(value)
    case "d", "i", "u":
      guard let number = value.number, let integer = value.integer ?? Int(exactly: number.rounded(.towardZero)) else {
        throw ValueError("“%d” wants a number, not a \(value.typeName)")
      }
      guard specification.precision == nil else { throw ValueError("“%.\(kind)”", kind: .unsupported) }
      specification.kind = "d"
      return try specification.number(.int(integer))
    case "o", "x", "X":
      guard value.integer != nil, specification.precision == nil else {
        throw ValueError("“%\(kind)” wants a whole number, not a \(value.typeName)")
      }
      specification.kind = kind
      return try specification.number(value)
    case "e", "E", "f", "F", "g", "G":
      guard let number = value.number else {
        throw ValueError("“%\(kind)” wants a number, not a \(value.typeName)")
      }
      specification.kind = kind
      return try specification.number(.double(number))
    default: throw ValueError("no format “%\(kind)”")
    }
  }

  /// `"{} and {name!r:>8}".format(...)`
  static func braces(_ format: Text, _ arguments: Arguments, _ evaluator: Evaluator) throws -> Text {
    var automatic: Int? = 0
    return try braces(format, arguments, &automatic, depth: 0, evaluator)
  }

  /// - Parameter automatic: the next number for `{}`; `nil` once numbers were given.
  private static func braces(
    _ format: Text, _ arguments: Arguments, _ automatic: inout Int?, depth: Int, _ evaluator: Evaluator
  ) throws -> Text {
    guard depth < 2 else { throw ValueError("formats within formats within formats") }
    var result = Text()
    var place = 0
    while place < format.count {
      let glyph = format.glyphs[place]
      place += 1
      let doubled = place < format.count && format.glyphs[place].scalar == glyph.scalar
      switch glyph.scalar {
      case "{" where doubled && depth == 0, "}" where doubled && depth == 0:
        result.glyphs.append(glyph)
        place += 1
      case "{":
        var (end, open) = (place, 1)
        while end < format.count {
          open += format.glyphs[end].scalar == "{" ? 1 : format.glyphs[end].scalar == "}" ? -1 : 0
          if open == 0 { break }
          end += 1
        }
        guard end < format.count else { throw ValueError("“{” without “}”") }
        result.glyphs += try field(
          Text(glyphs: format.glyphs[place..<end]), arguments, &automatic, depth: depth, evaluator
        ).glyphs
        place = end + 1
      case "}": throw ValueError("“}” without “{”")
      default: result.glyphs.append(glyph)
      }
    }
    return result
  }

  /// What stands between braces: a name with its path, `!r` or `!s`, and a specification behind a colon.
  private static func field(
    _ field: Text, _ arguments: Arguments, _ automatic: inout Int?, depth: Int, _ evaluator: Evaluator
  ) throws -> Text {
    let scalars = field.glyphs.map(\.scalar)
    let nameEnd = scalars.firstIndex { $0 == "!" || $0 == ":" } ?? scalars.count
    var value = try path(Text(glyphs: field.glyphs[..<nameEnd]), arguments, &automatic, evaluator)
    try charge(value, FormatSpecification(), evaluator)
    var rest = nameEnd
    if rest < scalars.count, scalars[rest] == "!" {
      switch rest + 1 < scalars.count ? scalars[rest + 1] : " " {
      case "r": value = .string(value.represented)
      case "s": value = .string(value.written)
      default: throw ValueError("“!” wants r or s", kind: .unsupported)
      }
      rest += 2
    }
    guard rest < scalars.count else { return value.written }
    guard scalars[rest] == ":" else { throw ValueError("“{\(field.string)}” is no format") }
    let specification = try braces(
      Text(glyphs: field.glyphs[(rest + 1)...]), arguments, &automatic, depth: depth + 1, evaluator)
    guard !specification.isEmpty else { return value.written }
    let parsed = try FormatSpecification(specification.string)
    try evaluator.made(parsed.width)
    return try parsed.text(value)
  }

  /// `name.attribute[key]`, or a number, or nothing: the next value.
  private static func path(
    _ path: Text, _ arguments: Arguments, _ automatic: inout Int?, _ evaluator: Evaluator
  ) throws -> Value {
    try evaluator.worked(arguments.named.entries.count)
    let text = path.string
    let first = text.prefix { $0 != "." && $0 != "[" }
    var rest = text.dropFirst(first.count)
    var index = Int(first)
    if first.isEmpty {
      guard let next = automatic else { throw ValueError("“{}” after a field with a number") }
      (index, automatic) = (next, next + 1)
    } else if index != nil {
      guard automatic == nil || automatic == 0 else { throw ValueError("a field with a number after “{}”") }
      automatic = nil
    }
    let found =
      index.map { arguments.positional.indices.contains($0) ? arguments.positional[$0] : nil }
      ?? arguments.named[String(first)]
    guard var value = found else { throw ValueError("no value for “{\(text)}”") }
    while let mark = rest.popFirst() {
      if mark == "." {
        let name = rest.prefix { $0 != "." && $0 != "[" }
        rest = rest.dropFirst(name.count)
        value = try Lookup.attribute(String(name), of: value, evaluator)
      } else {
        let key = rest.prefix { $0 != "]" }
        rest = rest.dropFirst(key.count)
        guard mark == "[", rest.popFirst() == "]" else { throw ValueError("“{\(text)}” is no format") }
        value = try Lookup.item(Int(key).map(Value.int) ?? .text(String(key)), of: value, evaluator)
      }
    }
    return value
  }
}
