/// The methods of Python's texts, lists and mappings that templates use. None changes its receiver.
enum Methods {
  static let ofDictionaries: Set = ["copy", "get", "items", "keys", "values"]
  static let ofLists: Set = ["copy", "count", "index"]
  /// Methods that the sandbox refuses.
  static let thatChange: Set = ["append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"]
  static let ofStrings: Set = [
    "capitalize", "center", "count", "endswith", "expandtabs", "find", "format", "index", "isalnum", "isalpha",
    "isascii",
    "isdecimal", "isdigit", "isidentifier", "islower", "isnumeric", "isspace", "istitle", "isupper", "join", "ljust",
    "lower", "lstrip", "partition", "removeprefix", "removesuffix",
    "replace", "rfind", "rindex", "rjust", "rpartition", "rsplit", "rstrip", "split", "splitlines", "startswith",
    "strip", "swapcase", "title", "upper", "zfill",
  ]

  static func call(_ name: String, on receiver: Value, _ arguments: Arguments, _ evaluator: Evaluator) throws -> Value {
    switch receiver {
    case .string(let text):
      try count(text, name, arguments, evaluator)
      let result = try string(text, name, arguments, evaluator)
      if case .string(let made) = result { try evaluator.made(made.count) }
      return result
    case .dictionary(let dictionary):
      switch name {
      case "items":
        return .view(.init(kind: .items, items: dictionary.entries.map { .tuple([$0.key, $0.value]) }))
      case "keys": return .view(.init(kind: .keys, items: dictionary.entries.map(\.key)))
      case "values": return .view(.init(kind: .values, items: dictionary.entries.map(\.value)))
      case "copy": return receiver
      default:
        guard let key = arguments[0, "key"] else { throw ValueError("“get” wants a key") }
        try evaluator.seek(key, among: dictionary.entries.count)
        return dictionary[key] ?? arguments[1, "default"] ?? .none
      }
    case .list(let items), .tuple(let items):
      if name == "copy" { return receiver }
      guard let item = arguments[0, "value"] else { throw ValueError("“\(name)” wants a value") }
      try evaluator.weigh(receiver)
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
      for value in arguments.positional { try evaluator.weigh(value) }
      let same = loop.lastChanged.map { last in
        last.count == arguments.positional.count && zip(last, arguments.positional).allSatisfy { $0.equals($1) }
      }
      loop.lastChanged = arguments.positional
      return .bool(!(same ?? false))
    default: throw ValueError("a \(receiver.typeName) has no “\(name)”")
    }
  }

  /// Methods that look at every character's properties, or take the text apart, and leave no text behind.
  private static let heavy: Set = [
    "count", "isalnum", "isalpha", "isascii", "isdecimal", "isdigit", "isidentifier", "islower", "isnumeric", "isspace",
    "istitle", "isupper",
  ]

  /// Counts what a method of a text will take.
  private static func count(
    _ text: Text, _ name: String, _ arguments: Arguments, _ evaluator: Evaluator
  ) throws {
    try evaluator.worked(Evaluator.application + text.count * (heavy.contains(name) ? Evaluator.comparison : 1))
    for argument in arguments.positional + arguments.named.entries.map(\.value) {
      if let part = argument.asText {
        try evaluator.worked(part.count * Evaluator.comparison)
        if name != "join", name != "format" { try evaluator.search(for: part, in: text) }
      } else if name == "join" {
        try evaluator.announce(argument)
      } else {
        try evaluator.weigh(argument)
      }
    }
    switch name {
    case "join": try evaluator.made((arguments[0, "iterable"]?.count ?? 0) * text.count)
    case "replace":
      if let old = arguments[0, "old"]?.asText, let new = arguments[1, "new"]?.asText {
        try evaluator.made(text.growth(replacing: old, with: new))
      }
    case "partition", "rpartition": try evaluator.made(text.count)
    case "split", "rsplit", "splitlines": try evaluator.made(items: text.count / 4)
    default: break
    }
  }

  private static func string(
    _ text: Text, _ name: String, _ arguments: Arguments, _ evaluator: Evaluator
  ) throws -> Value {
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
    /// The part that the arguments from a place on choose, and where it starts; `nil` where Python finds nothing.
    func part(_ index: Int) -> (text: Text, start: Int)? {
      func bound(_ value: Value?, _ standard: Int) -> Int {
        guard let bound = value?.integer else { return standard }
        return max(0, bound < 0 ? bound + text.count : bound)
      }
      let start = bound(arguments[index, "start"], 0)
      let end = min(bound(arguments[index + 1, "end"], text.count), text.count)
      return start <= end ? (Text(glyphs: text.glyphs[start..<end]), start) : nil
    }
    func found(last: Bool) throws -> Int? {
      let wanted = try wanted(0, "sub")
      guard let part = part(1) else { return nil }
      return (last ? part.text.lastIndex(of: wanted) : part.text.firstIndex(of: wanted)).map { $0 + part.start }
    }
    func ends(_ test: (Text, Text) -> Bool) throws -> Value {
      guard let text = part(1)?.text else { return .bool(false) }
      if case .tuple(let options) = arguments[0, "prefix"] {
        return .bool(options.compactMap(\.asText).contains { test(text, $0) })
      }
      return .bool(test(text, try wanted(0, "prefix")))
    }
    switch name {
    case "strip", "lstrip", "rstrip":
      let (left, right) = (name != "rstrip", name != "lstrip")
      guard case .string(let characters) = arguments[0, "chars"] else {
        return .string(text.trimmed(left: left, right: right))
      }
      let drop = Set(characters.glyphs.map(\.scalar))
      return .string(text.trimmed(left: left, right: right) { drop.contains($0.scalar) })
    case "startswith": return try ends { $0.hasPrefix($1) }
    case "endswith": return try ends { $0.hasSuffix($1) }
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
      guard name == "rsplit" else { return .list(text.words(limit: limit(1, "maxsplit")).map(Value.string)) }
      let words = Text(glyphs: text.glyphs.reversed()).words(limit: limit(1, "maxsplit"))
      return .list(words.reversed().map { .string(Text(glyphs: $0.glyphs.reversed())) })
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
    case "splitlines":
      return .list(text.lines(keepingEnds: arguments[0, "keepends"]?.isTrue ?? false).map(Value.string))
    case "replace":
      return .string(text.replacing(try wanted(0, "old"), with: try wanted(1, "new"), limit: limit(2, "count")))
    case "find", "rfind": return .int(try found(last: name == "rfind") ?? -1)
    case "index", "rindex":
      guard let found = try found(last: name == "rindex") else { throw ValueError("substring not found") }
      return .int(found)
    case "count":
      let wanted = try wanted(0, "sub")
      guard let text = part(1)?.text else { return .int(0) }
      return .int(wanted.isEmpty ? text.count + 1 : text.split(separator: wanted).count - 1)
    case "join":
      let items = try evaluator.items(of: arguments[0, "iterable"] ?? .undefined("“join” wants a list"))
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
        text.mappedByPlace { index, scalar in
          scalar.properties.isUppercase ? text.lowercased(at: index) : scalar.properties.uppercaseMapping
        })
    case "isspace": return all { Text.Glyph($0).isWhitespace }
    case "isascii": return .bool(text.glyphs.allSatisfy(\.scalar.isASCII))
    case "isdecimal": return all { $0.properties.numericType == .decimal }
    case "isidentifier":
      return .bool(
        text.glyphs.first.map { $0.scalar == "_" || $0.scalar.properties.isXIDStart } ?? false
          && text.glyphs.allSatisfy { $0.scalar.properties.isXIDContinue })
    case "istitle":
      let cased = text.glyphs.contains { $0.scalar.properties.isCased }
      return .bool(cased && Text.same(text.glyphs, Formatting.title(text).glyphs))
    case "expandtabs":
      return .string(try Formatting.expandingTabs(text, size: arguments[0, "tabsize"]?.integer ?? 8, evaluator))
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
      return .string(try Formatting.pad(text, name, width: width, fill: arguments[1, "fillchar"]?.asText, evaluator))
    case "format": return .string(try Formatting.braces(text, arguments, evaluator))
    default: throw ValueError("a text has no “\(name)”")
    }
  }

  private static func cut(_ text: Text, _ separator: Text, _ limit: Int, fromRight: Bool) -> [Text] {
    guard fromRight, limit < .max else { return text.split(separator: separator, limit: limit) }
    var parts: [Text] = []
    var end = text.count
    while parts.count < limit, let found = text.lastIndex(of: separator, before: end) {
      parts.append(Text(glyphs: text.glyphs[found + separator.count..<end]))
      end = found
    }
    return [Text(glyphs: text.glyphs[..<end])] + parts.reversed()
  }
}

extension Value {
  var isNone: Bool {
    if case .none = self { true } else { false }
  }
}
