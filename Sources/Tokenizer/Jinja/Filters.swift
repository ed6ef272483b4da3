/// What may follow `|`.
enum Filters {
  static let names: Set = [
    "abs", "attr", "batch", "capitalize", "center", "count", "d", "default", "dictsort", "e", "escape", "first",
    "float", "forceescape", "format", "groupby", "indent", "int", "items", "join", "last", "length", "list", "lower",
    "map", "max", "min", "reject", "rejectattr", "replace", "reverse", "round", "safe", "select", "selectattr", "slice",
    "sort", "string", "sum", "title", "tojson", "trim", "unique", "upper", "wordcount",
  ]

  static func apply(_ name: String, to value: Value, _ arguments: Arguments, _ evaluator: Evaluator) throws -> Value {
    let result =
      try text(name, value, arguments) ?? number(name, value, arguments)
      ?? ListFilters.apply(name, to: value, arguments, evaluator)
    guard let result else { throw ValueError("no filter named “\(name)”", kind: .unsupported) }
    if case .string(let made) = result { try evaluator.made(made.count) }
    return result
  }

  private static func text(_ name: String, _ value: Value, _ arguments: Arguments) throws -> Value? {
    switch name {
    case "trim":
      guard case .string(let characters) = arguments[0, "chars"] else { return .string(value.written.trimmed()) }
      let drop = Set(characters.glyphs.map(\.scalar))
      return .string(value.written.trimmed { drop.contains($0.scalar) })
    case "upper": return .string(value.written.uppercased)
    case "lower": return .string(value.written.lowercased)
    case "capitalize": return .string(value.written.capitalized)
    case "title": return .string(titled(value.written))
    case "string", "safe": return .string(value.written)
    case "escape", "e", "forceescape": return .string(escaped(value.written))
    case "replace":
      guard let old = arguments[0, "old"], let new = arguments[1, "new"] else {
        throw ValueError("“replace” wants two texts")
      }
      let limit = arguments[2, "count"]?.integer ?? .max
      return .string(value.written.replacing(old.written, with: new.written, limit: limit < 0 ? .max : limit))
    case "center":
      return .string(
        try Formatting.pad(value.written, "center", width: arguments[0, "width"]?.integer ?? 80, fill: nil))
    case "indent": return .string(try indented(value.written, arguments))
    case "wordcount": return .int(value.written.words().count)
    case "format":
      var values = arguments.positional
      return .string(try Formatting.percent(value.written, values: &values))
    case "tojson":
      if case .undefined(let reason) = value { throw ValueError("\(reason), so it cannot be written as JSON") }
      var style = Value.JSONStyle()
      style.escapesNonASCII = arguments[0, "ensure_ascii"]?.isTrue ?? false
      style.indent = arguments[1, "indent"]?.integer.map { min(max($0, 0), 64) }
      if case .list(let pair) = arguments[2, "separators"] { (style.itemSeparator, style.keySeparator) = texts(pair) }
      if case .tuple(let pair) = arguments[2, "separators"] { (style.itemSeparator, style.keySeparator) = texts(pair) }
      style.sortsKeys = arguments[3, "sort_keys"]?.isTrue ?? false
      return .string(try value.json(style))
    default: return nil
    }
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

  private static func escaped(_ text: Text) -> Text {
    text.mapped { scalar in
      switch scalar {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      case "\"": "&#34;"
      case "'": "&#39;"
      default: String(scalar)
      }
    }
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
      let number = value.number ?? value.asText.flatMap { Double($0.trimmed().string) }
      if let text = value.asText, let integer = Int(text.trimmed().string) { return .int(integer) }
      return number.flatMap { Int(exactly: $0.rounded(.towardZero)) }.map(Value.int) ?? arguments[0, "default"]
        ?? .int(0)
    case "float":
      if let number = value.number { return .double(number) }
      return value.asText.flatMap { Double($0.trimmed().string) }.map(Value.double) ?? arguments[0, "default"]
        ?? .double(0)
    case "round":
      guard let number = value.number else { throw ValueError("“round” of a \(value.typeName)") }
      let scale = (0..<min(max(arguments[0, "precision"]?.integer ?? 0, 0), 15)).reduce(1.0) { result, _ in result * 10
      }
      switch arguments[1, "method"]?.asText?.string ?? "common" {
      case "ceil": return .double((number * scale).rounded(.up) / scale)
      case "floor": return .double((number * scale).rounded(.down) / scale)
      default: return .double((number * scale).rounded(.toNearestOrEven) / scale)
      }
    default: return nil
    }
  }
}
