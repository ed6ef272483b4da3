extension Value {
  /// What Python's `str` gives: what is written into the output.
  var written: Text {
    switch self {
    case .undefined: Text()
    case .string(let text): text
    default: represented
    }
  }

  /// What Python's `repr` gives: how a value is written inside a list.
  var represented: Text {
    switch self {
    case .undefined: Text("Undefined")
    case .none: Text("None")
    case .bool(let value): Text(value ? "True" : "False")
    case .int(let value): Text(String(value))
    case .double(let value): Text(Self.written(value))
    case .string(let text): Self.quoted(text)
    case .list(let items): Text("[") + Self.joined(items.map(\.represented)) + Text("]")
    case .tuple(let items):
      Text("(") + Self.joined(items.map(\.represented)) + Text(items.count == 1 ? ",)" : ")")
    case .dictionary(let dictionary):
      Text("{")
        + Self.joined(dictionary.entries.map { $0.key.represented + Text(": ") + $0.value.represented }) + Text("}")
    case .view(let view):
      switch view.kind {
      case .range(let start, let stop, 1): Text("range(\(start), \(stop))")
      case .range(let start, let stop, let step): Text("range(\(start), \(stop), \(step))")
      default: Text("\(typeName)([") + Self.joined(view.items.map(\.represented)) + Text("])")
      }
    case .loop(let loop): Text("<LoopContext \(loop.index + 1)/\(loop.items.count)>")
    case .namespace, .macro, .function, .method: Text("<\(typeName)>")
    }
  }

  static func joined(_ parts: [Text], by separator: Text = Text(", ")) -> Text {
    var result = Text()
    for (index, part) in parts.enumerated() {
      if index > 0 { result.glyphs += separator.glyphs }
      result.glyphs += part.glyphs
    }
    return result
  }

  static func written(_ value: Double) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    return "\(value)"
  }

  private static func quoted(_ text: Text) -> Text {
    let quote: Unicode.Scalar =
      text.glyphs.contains { $0.scalar == "'" } && !text.glyphs.contains { $0.scalar == "\"" } ? "\"" : "'"
    let inner = text.mapped { scalar in
      switch scalar {
      case quote, "\\": return "\\\(scalar)"
      case " "..."~": return nil
      case "\n": return "\\n"
      case "\r": return "\\r"
      case "\t": return "\\t"
      case "\u{00}"..<"\u{20}", "\u{7F}"..<"\u{A1}", "\u{AD}": return escape("\\x", scalar.value, digits: 2)
      default:
        switch scalar.properties.generalCategory {
        case .control, .format, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator:
          return scalar.value > 0xFFFF
            ? escape("\\U", scalar.value, digits: 8) : escape("\\u", scalar.value, digits: 4)
        default: return nil
        }
      }
    }
    return Text(String(quote)) + inner + Text(String(quote))
  }

  private static func escape(_ prefix: String, _ value: UInt32, digits: Int) -> String {
    let text = String(value, radix: 16)
    return prefix + String(repeating: "0", count: max(0, digits - text.count)) + text
  }

  /// How `tojson` writes values: Python's `json.dumps`.
  struct JSONStyle {
    var indent: Text?
    var itemSeparator: String?
    var keySeparator: String?
    var sortsKeys = false
    var escapesNonASCII = false
  }

  func json(_ style: JSONStyle, level: Int = 0) throws -> Text {
    let separator = Text(style.itemSeparator ?? (style.indent == nil ? ", " : ","))
    func enclosed(_ open: String, _ parts: [Text], _ close: String) -> Text {
      if parts.isEmpty { return Text(open + close) }
      guard let indent = style.indent else { return Text(open) + Self.joined(parts, by: separator) + Text(close) }
      let outer = (0..<level).reduce(Text("\n")) { text, _ in text + indent }
      let inner = outer + indent
      return Text(open) + inner + Self.joined(parts, by: separator + inner) + outer + Text(close)
    }
    switch self {
    case .none: return Text("null")
    case .bool(let value): return Text(value ? "true" : "false")
    case .int(let value): return Text(String(value))
    case .double(let value):
      return Text(value.isNaN ? "NaN" : value.isInfinite ? (value < 0 ? "-Infinity" : "Infinity") : "\(value)")
    case .string(let text): return Self.json(text, escapesNonASCII: style.escapesNonASCII)
    case .list(let items), .tuple(let items):
      return enclosed("[", try items.map { try $0.json(style, level: level + 1) }, "]")
    case .dictionary(let dictionary):
      var entries = try dictionary.entries.map { (key: try Self.jsonKey($0.key), value: $0.value) }
      if style.sortsKeys { entries.sort { $0.key.precedes($1.key) } }
      let parts = try entries.map { entry in
        Self.json(entry.key, escapesNonASCII: style.escapesNonASCII) + Text(style.keySeparator ?? ": ")
          + (try entry.value.json(style, level: level + 1))
      }
      return enclosed("{", parts, "}")
    default: throw ValueError("a \(typeName) cannot be written as JSON")
    }
  }

  private static func jsonKey(_ key: Value) throws -> Text {
    switch key {
    case .string(let text): text
    case .none, .bool, .int, .double: try key.json(JSONStyle())
    default: throw ValueError("a \(key.typeName) cannot be a key in JSON")
    }
  }

  private static func json(_ text: Text, escapesNonASCII: Bool) -> Text {
    let inner = text.mapped { scalar in
      switch scalar {
      case "\"": return "\\\""
      case "\\": return "\\\\"
      case "\n": return "\\n"
      case "\r": return "\\r"
      case "\t": return "\\t"
      case "\u{08}": return "\\b"
      case "\u{0C}": return "\\f"
      case "\u{00}"..<"\u{20}": return escape("\\u", scalar.value, digits: 4)
      default:
        guard escapesNonASCII, scalar.value > 0x7E else { return nil }
        return String(scalar).utf16.map { escape("\\u", UInt32($0), digits: 4) }.joined()
      }
    }
    return Text("\"") + inner + Text("\"")
  }
}
