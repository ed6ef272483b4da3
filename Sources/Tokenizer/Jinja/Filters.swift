import Foundation

/// What may follow `|`.
enum Filters {
  static let names: Set = [
    "abs", "attr", "batch", "capitalize", "center", "count", "d", "default", "dictsort", "e", "escape", "first",
    "float", "forceescape", "format", "groupby", "indent", "int", "items", "join", "last", "length", "list", "lower",
    "map", "max", "min", "reject", "rejectattr", "replace", "reverse", "round", "safe", "select", "selectattr", "slice",
    "sort", "string", "sum", "title", "tojson", "trim", "truncate", "unique", "upper", "wordcount",
  ]

  static func apply(_ name: String, to value: Value, _ arguments: Arguments, _ evaluator: Evaluator) throws -> Value {
    try count(name, value, arguments, evaluator)
    let result =
      try text(name, value, arguments, evaluator) ?? number(name, value, arguments)
      ?? ListFilters.apply(name, to: value, arguments, evaluator)
    guard let result else { throw ValueError("no filter named “\(name)”", kind: .unsupported) }
    if case .string(let made) = result { try evaluator.made(made.count) }
    return result
  }

  /// Filters that make a text of the value, whatever it is.
  private static let textual: Set = [
    "trim", "upper", "lower", "capitalize", "title", "string", "safe", "escape", "e", "forceescape", "replace",
    "center", "indent", "wordcount", "format", "tojson", "join", "truncate",
  ]

  /// Counts what a filter will take.
  private static func count(
    _ name: String, _ value: Value, _ arguments: Arguments, _ evaluator: Evaluator
  ) throws {
    try evaluator.worked(
      Evaluator.application + value.count * (["wordcount", "int", "float"].contains(name) ? Evaluator.comparison : 1))
    let given = arguments.positional + arguments.named.entries.map(\.value)
    for case .string(let text) in given { try evaluator.worked(text.count * Evaluator.comparison) }
    guard textual.contains(name) else {
      if case .string(let text) = value, !["default", "d", "length", "count", "reverse"].contains(name) {
        try evaluator.made(items: text.count)
      }
      return
    }
    if name == "tojson" {
      var layout = Evaluator.Layout()
      layout.indent = arguments[1, "indent"].map { $0.asText?.count ?? min(max($0.integer ?? 0, 0), 64) } ?? 0
      layout.escapesNonASCII = arguments[0, "ensure_ascii"]?.isTrue ?? false
      if let separators = arguments[2, "separators"] {
        for separator in try evaluator.items(of: separators) { layout.separators += separator.count }
      }
      return try evaluator.announce(.list([value]), layout)
    }
    try evaluator.announce(value)
    // What is formatted is counted where it is.
    guard name != "format" else { return }
    for argument in given { try evaluator.announce(argument) }
    guard name == "replace" || name == "indent" else { return }
    let text = value.written
    switch name {
    case "replace":
      let (old, new) = (arguments[0, "old"]?.written ?? Text(), arguments[1, "new"]?.written ?? Text())
      try evaluator.search(for: old, in: text)
      try evaluator.made(text.growth(replacing: old, with: new))
    case "indent":
      let prefix = arguments[0, "width"].map { $0.asText?.count ?? min(max($0.integer ?? 4, 0), 1000) } ?? 4
      try evaluator.made((text.lines().count + 1) * prefix)
    default: break
    }
  }

  private static func text(
    _ name: String, _ value: Value, _ arguments: Arguments, _ evaluator: Evaluator
  ) throws -> Value? {
    switch name {
    case "trim":
      guard case .string(let characters) = arguments[0, "chars"] else { return .string(value.written.trimmed()) }
      let drop = Set(characters.glyphs.map(\.scalar))
      return .string(value.written.trimmed { drop.contains($0.scalar) })
    case "upper": return .string(value.written.uppercased)
    case "lower": return .string(value.written.lowercased)
    case "capitalize": return .string(value.written.capitalized)
    case "title": return .string(titled(value.written))
    case "string": return .string(value.written)
    case "safe": return .string(marked(value.written))
    case "escape", "e": return .string(escaped(value.written))
    case "forceescape": return .string(escaped(Text(glyphs: value.written.glyphs)))
    case "replace":
      guard let old = arguments[0, "old"], let new = arguments[1, "new"] else {
        throw ValueError("“replace” wants two texts")
      }
      let limit = arguments[2, "count"]?.integer ?? .max
      return .string(value.written.replacing(old.written, with: new.written, limit: limit < 0 ? .max : limit))
    case "center":
      return .string(
        try Formatting.pad(value.written, "center", width: arguments[0, "width"]?.integer ?? 80, fill: nil, evaluator))
    case "indent": return .string(try indented(value.written, arguments))
    case "wordcount":
      let isWord = value.written.glyphs.map { glyph in
        Formatting.isLetter(glyph.scalar) || glyph.scalar.properties.numericType != nil || glyph.scalar == "_"
      }
      return .int(isWord.indices.count { isWord[$0] && ($0 == 0 || !isWord[$0 - 1]) })
    case "truncate": return .string(truncated(value.written, arguments))
    case "format":
      guard !arguments.named.entries.isEmpty else {
        return .string(try Formatting.percent(value.written, .tuple(arguments.positional), evaluator))
      }
      guard arguments.positional.isEmpty else { throw ValueError("“format” wants values either by place or by name") }
      var values = Value.Dictionary()
      for (name, value) in arguments.named.entries {
        try evaluator.seek(.text(name), among: values.entries.count)
        values.set(.text(name), value)
      }
      return .string(try Formatting.percent(value.written, .dictionary(values), evaluator))
    case "tojson":
      if case .undefined(let reason) = value { throw ValueError("\(reason), so it cannot be written as JSON") }
      var style = Value.JSONStyle()
      style.escapesNonASCII = arguments[0, "ensure_ascii"]?.isTrue ?? false
      style.indent =
        arguments[1, "indent"]?.asText
        ?? arguments[1, "indent"]?.integer.map { Text(String(repeating: " ", count: min(max($0, 0), 64))) }
      if case .list(let pair) = arguments[2, "separators"] { (style.itemSeparator, style.keySeparator) = texts(pair) }
      if case .tuple(let pair) = arguments[2, "separators"] { (style.itemSeparator, style.keySeparator) = texts(pair) }
      style.sortsKeys = arguments[3, "sort_keys"]?.isTrue ?? false
      return .string(try value.json(style))
    default: return nil
    }
  }

  /// Jinja's own: a text that is only a little too long stays whole.
  private static func truncated(_ text: Text, _ arguments: Arguments) -> Text {
    // Far beyond any text, and far from where sums overflow.
    func clamped(_ value: Int) -> Int { min(max(value, -1 << 40), 1 << 40) }
    let length = clamped(arguments[0, "length"]?.integer ?? 255)
    let end = arguments[2, "end"]?.written ?? Text("...")
    guard text.count > length + clamped(arguments[3, "leeway"]?.integer ?? 5) else { return text }
    let kept = Text(glyphs: text.glyphs.prefix(max(0, length - end.count)))
    if arguments[1, "killwords"]?.isTrue ?? false { return kept + end }
    return Text(glyphs: kept.glyphs.prefix(kept.lastIndex(of: Text(" ")) ?? kept.count)) + end
  }

  private static func texts(_ pair: [Value]) -> (String?, String?) {
    (pair.first?.asText?.string, pair.count > 1 ? pair[1].asText?.string : nil)
  }

  /// Jinja's own: words start after white space, hyphens and opening brackets.
  private static func titled(_ text: Text) -> Text {
    var startsWord = true
    return text.mapped { scalar in
      defer { startsWord = Text.Glyph(scalar).isWhitespace || "-({[<".unicodeScalars.contains(scalar) }
      return startsWord ? scalar.properties.uppercaseMapping : scalar.properties.lowercaseMapping
    }
  }

  private static func marked(_ text: Text) -> Text {
    var text = text
    text.isMarkup = true
    return text
  }

  static func escaped(_ text: Text) -> Text {
    if text.isMarkup { return text }
    return marked(
      text.mapped { scalar in
        switch scalar {
        case "&": "&amp;"
        case "<": "&lt;"
        case ">": "&gt;"
        case "\"": "&#34;"
        case "'": "&#39;"
        default: nil
        }
      })
  }

  private static func indented(_ text: Text, _ arguments: Arguments) throws -> Text {
    var prefix = Text("    ")
    if let width = arguments[0, "width"] {
      if let text = width.asText {
        prefix = text
      } else {
        prefix = Text(String(repeating: " ", count: min(max(width.integer ?? 4, 0), 1000)))
      }
    }
    let first = arguments[1, "first"]?.isTrue ?? false
    let blank = arguments[2, "blank"]?.isTrue ?? false
    var lines = (text + Text("\n")).lines()
    if text.isEmpty { lines = [Text()] }
    return Value.joined(
      lines.enumerated().map { index, line in
        index == 0 ? (first ? prefix + line : line) : (blank || !line.isEmpty ? prefix + line : line)
      }, by: Text("\n"))
  }

  private static func number(_ name: String, _ value: Value, _ arguments: Arguments) throws -> Value? {
    switch name {
    case "abs":
      if let integer = value.integer, integer != .min { return .int(abs(integer)) }
      guard let number = value.number else { throw ValueError("“abs” of a \(value.typeName)") }
      return .double(abs(number))
    case "int":
      if let integer = value.integer { return .int(integer) }
      let base = arguments[1, "base"]?.integer ?? 10
      if let text = value.asText, let integer = PythonNumbers.integer(text, base: base) { return .int(integer) }
      let number = value.number ?? value.asText.flatMap(PythonNumbers.double)
      return number.flatMap { Int(exactly: $0.rounded(.towardZero)) }.map(Value.int) ?? arguments[0, "default"]
        ?? .int(0)
    case "float":
      if let number = value.number { return .double(number) }
      return value.asText.flatMap(PythonNumbers.double).map(Value.double) ?? arguments[0, "default"]
        ?? .double(0)
    case "round":
      guard let number = value.number else { throw ValueError("“round” of a \(value.typeName)") }
      let precision = arguments[0, "precision"]?.integer ?? 0
      let scale = pow(10, Double(precision))
      switch arguments[1, "method"]?.asText?.string ?? "common" {
      case "ceil": return .double((number * scale).rounded(.up) / scale)
      case "floor": return .double((number * scale).rounded(.down) / scale)
      case "common":
        if let integer = value.integer { return .int(PythonNumbers.rounded(integer, precision)) }
        return .double(PythonNumbers.rounded(number, precision))
      default: throw ValueError("“round” is common, ceil or floor")
      }
    default: return nil
    }
  }
}
