/// The methods of Python's texts, lists and mappings that templates use. None changes its receiver.
enum Methods {
  static let ofDictionaries: Set = ["get", "items", "keys", "values"]
  static let ofLists: Set = ["count", "index"]
  /// Methods that the sandbox refuses.
  static let thatChange: Set = ["append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"]
  static let ofStrings: Set = [
    "capitalize", "center", "count", "endswith", "find", "format", "index", "isalnum", "isalpha", "isdigit", "islower",
    "isnumeric", "isspace", "isupper", "join", "ljust", "lower", "lstrip", "partition", "removeprefix", "removesuffix",
    "replace", "rfind", "rindex", "rjust", "rpartition", "rsplit", "rstrip", "split", "splitlines", "startswith",
    "strip", "swapcase", "title", "upper", "zfill",
  ]

  static func call(_ name: String, on receiver: Value, _ arguments: Arguments, _ evaluator: Evaluator) throws -> Value {
    switch receiver {
    case .string(let text):
      let result = try string(text, name, arguments)
      if case .string(let made) = result { try evaluator.made(made.count) }
      return result
    case .dictionary(let dictionary):
      switch name {
      case "items": return .list(dictionary.entries.map { .tuple([$0.key, $0.value]) })
      case "keys": return .list(dictionary.entries.map(\.key))
      case "values": return .list(dictionary.entries.map(\.value))
      default:
        guard let key = arguments[0, "key"] else { throw ValueError("“get” wants a key") }
        return dictionary[key] ?? arguments[1, "default"] ?? .none
      }
    case .list(let items), .tuple(let items):
      guard let item = arguments[0, "value"] else { throw ValueError("“\(name)” wants a value") }
      if name == "count" { return .int(items.count { $0.equals(item) }) }
      guard let index = items.firstIndex(where: { $0.equals(item) }) else {
        throw ValueError("no such item in the list")
      }
      return .int(index)
    case .loop(let loop):
      if name == "cycle" {
        guard !arguments.positional.isEmpty else { throw ValueError("“cycle” wants values") }
        return arguments.positional[loop.index % arguments.positional.count]
      }
      let same = loop.lastChanged.map { last in
        last.count == arguments.positional.count && zip(last, arguments.positional).allSatisfy { $0.equals($1) }
      }
      loop.lastChanged = arguments.positional
      return .bool(!(same ?? false))
    default: throw ValueError("a \(receiver.typeName) has no “\(name)”")
    }
  }

  private static func string(_ text: Text, _ name: String, _ arguments: Arguments) throws -> Value {
    func wanted(_ index: Int, _ key: String) throws -> Text {
      guard let value = arguments[index, key], case .string(let text) = value else {
        throw ValueError("“\(name)” wants a text, not a \(arguments[index, key]?.typeName ?? "missing value")")
      }
      return text
    }
    func limit(_ index: Int, _ key: String) -> Int {
      let value = arguments[index, key]?.integer ?? -1
      return value < 0 ? .max : value
    }
    func all(_ condition: (Unicode.Scalar) -> Bool) -> Value {
      .bool(!text.isEmpty && text.glyphs.allSatisfy { condition($0.scalar) })
    }
    func ends(_ test: (Text) -> Bool) throws -> Value {
      if case .tuple(let options) = arguments[0, "prefix"] {
        return .bool(options.compactMap(\.asText).contains(where: test))
      }
      return .bool(test(try wanted(0, "prefix")))
    }
    switch name {
    case "strip", "lstrip", "rstrip":
      let (left, right) = (name != "rstrip", name != "lstrip")
      guard case .string(let characters) = arguments[0, "chars"] else {
        return .string(text.trimmed(left: left, right: right))
      }
      let drop = Set(characters.glyphs.map(\.scalar))
      return .string(text.trimmed(left: left, right: right) { drop.contains($0.scalar) })
    case "startswith": return try ends(text.hasPrefix)
    case "endswith": return try ends(text.hasSuffix)
    case "removeprefix":
      let prefix = try wanted(0, "prefix")
      return .string(text.hasPrefix(prefix) ? Text(glyphs: text.glyphs.dropFirst(prefix.count)) : text)
    case "removesuffix":
      let suffix = try wanted(0, "suffix")
      return .string(text.hasSuffix(suffix) ? Text(glyphs: text.glyphs.dropLast(suffix.count)) : text)
    case "split", "rsplit":
      if let separator = arguments[0, "sep"], !separator.isNone {
        let separator = try wanted(0, "sep")
        guard !separator.isEmpty else { throw ValueError("“\(name)” with an empty separator") }
        return .list(cut(text, separator, limit(1, "maxsplit"), fromRight: name == "rsplit").map(Value.string))
      }
      guard name == "split" || limit(1, "maxsplit") == .max else {
        throw ValueError("“rsplit” with a limit wants a separator", kind: .unsupported)
      }
      return .list(text.words(limit: limit(1, "maxsplit")).map(Value.string))
    case "partition", "rpartition":
      let separator = try wanted(0, "sep")
      guard !separator.isEmpty else { throw ValueError("“\(name)” with an empty separator") }
      let found = name == "partition" ? text.firstIndex(of: separator) : text.lastIndex(of: separator)
      guard let found else {
        let parts = name == "partition" ? [text, Text(), Text()] : [Text(), Text(), text]
        return .tuple(parts.map(Value.string))
      }
      let after = text.glyphs[(found + separator.count)...]
      return .tuple([.string(Text(glyphs: text.glyphs[..<found])), .string(separator), .string(Text(glyphs: after))])
    case "splitlines": return .list(text.lines().map(Value.string))
    case "replace":
      return .string(text.replacing(try wanted(0, "old"), with: try wanted(1, "new"), limit: limit(2, "count")))
    case "find": return .int(text.firstIndex(of: try wanted(0, "sub")) ?? -1)
    case "rfind": return .int(text.lastIndex(of: try wanted(0, "sub")) ?? -1)
    case "index", "rindex":
      let part = try wanted(0, "sub")
      guard let found = name == "index" ? text.firstIndex(of: part) : text.lastIndex(of: part) else {
        throw ValueError("substring not found")
      }
      return .int(found)
    case "count":
      let part = try wanted(0, "sub")
      return .int(part.isEmpty ? text.count + 1 : text.split(separator: part).count - 1)
    case "join":
      let items = try (arguments[0, "iterable"] ?? .undefined("“join” wants a list")).items()
      return .string(
        Value.joined(
          try items.map { item in
            guard let text = item.asText else { throw ValueError("“join” wants texts, not a \(item.typeName)") }
            return text
          }, by: text))
    case "upper": return .string(text.uppercased)
    case "lower": return .string(text.lowercased)
    case "capitalize": return .string(text.capitalized)
    case "title": return .string(Formatting.title(text))
    case "swapcase":
      return .string(
        text.mapped { $0.properties.isUppercase ? $0.properties.lowercaseMapping : $0.properties.uppercaseMapping })
    case "isspace": return all { Text.Glyph($0).isWhitespace }
    case "isdigit": return all { $0.properties.numericType == .decimal || $0.properties.numericType == .digit }
    case "isnumeric": return all { $0.properties.numericType != nil }
    case "isalpha": return all(Formatting.isLetter)
    case "isalnum": return all { Formatting.isLetter($0) || $0.properties.numericType != nil }
    case "islower", "isupper":
      let cased = text.glyphs.map(\.scalar).filter(\.properties.isCased)
      return .bool(
        !cased.isEmpty && cased.allSatisfy { name == "islower" ? $0.properties.isLowercase : $0.properties.isUppercase }
      )
    case "ljust", "rjust", "center", "zfill":
      guard let width = arguments[0, "width"]?.integer else { throw ValueError("“\(name)” wants a width") }
      return .string(try Formatting.pad(text, name, width: width, fill: arguments[1, "fillchar"]?.asText))
    case "format": return .string(try Formatting.braces(text, arguments))
    default: throw ValueError("a text has no “\(name)”")
    }
  }

  private static func cut(_ text: Text, _ separator: Text, _ limit: Int, fromRight: Bool) -> [Text] {
    guard fromRight, limit < .max else { return text.split(separator: separator, limit: limit) }
    var parts: [Text] = []
    var rest = text
    while parts.count < limit, let found = rest.lastIndex(of: separator) {
      parts.insert(Text(glyphs: rest.glyphs[(found + separator.count)...]), at: 0)
      rest = Text(glyphs: rest.glyphs[..<found])
    }
    return [rest] + parts
  }
}

extension Value {
  var isNone: Bool {
    if case .none = self { true } else { false }
  }
}
