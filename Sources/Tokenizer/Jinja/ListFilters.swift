/// The filters that work on lists and mappings.
enum ListFilters {
  static func apply(
    _ name: String, to value: Value, _ arguments: Arguments, _ evaluator: Evaluator
  ) throws -> Value? {
    switch name {
    case "default", "d":
      let replaces = value.isUndefined || (arguments[1, "boolean"]?.isTrue ?? false) && !value.isTrue
      return replaces ? arguments[0, "default_value"] ?? .text("") : value
    case "length", "count":
      if case .string(let text) = value { return .int(text.count) }
      if case .dictionary(let dictionary) = value { return .int(dictionary.entries.count) }
      return .int(try value.items().count)
    case "first": return try evaluator.items(of: value).first ?? .undefined("there is no first item")
    case "last": return try evaluator.items(of: value).last ?? .undefined("there is no last item")
    case "list": return .list(try evaluator.items(of: value))
    case "items":
      if value.isUndefined { return .list([]) }
      guard case .dictionary(let dictionary) = value else { throw ValueError("“items” of a \(value.typeName)") }
      return .list(dictionary.entries.map { .tuple([$0.key, $0.value]) })
    case "reverse":
      if case .string(let text) = value { return .string(Text(glyphs: text.glyphs.reversed())) }
      return .list(try evaluator.items(of: value).reversed())
    case "join":
      let attribute = arguments[1, "attribute"]
      let parts = try evaluator.items(of: value).map { item in
        guard let attribute else { return item.written }
        let found = try resolve(attribute, of: item, evaluator)
        try evaluator.announce(.list([found]))
        return found.written
      }
      let separator = arguments[0, "d"]?.written ?? Text()
      try evaluator.made(parts.count * separator.count)
      return .string(Value.joined(parts, by: separator))
    default: return try choose(name, value, arguments, evaluator) ?? order(name, value, arguments, evaluator)
    }
  }

  /// An attribute path such as `function.name`, or an index.
  ///
  /// - Parameter standard: what takes the place of each part that is not there.
  private static func resolve(
    _ path: Value, of value: Value, standard: Value? = nil, _ evaluator: Evaluator
  ) throws -> Value {
    try evaluator.worked(Evaluator.comparison + path.count * 8)
    let parts =
      path.asText?.string.split(separator: ".").map { Int($0).map(Value.int) ?? .text(String($0)) } ?? [path]
    var result = value
    for part in parts {
      if case .tuple = result, let name = part.asText?.string, name == "grouper" || name == "list" {
        throw ValueError("“\(name)” of a group; write 0 or 1", kind: .unsupported)
      }
      result = try Lookup.item(part, of: result, evaluator)
      if result.isUndefined, let standard { result = standard }
    }
    return result
  }

  private static func choose(
    _ name: String, _ value: Value, _ arguments: Arguments, _ evaluator: Evaluator
  ) throws -> Value? {
    switch name {
    case "attr":
      guard let attribute = arguments[0, "name"]?.asText else { throw ValueError("“attr” wants a name") }
      if case .dictionary = value, !Methods.ofDictionaries.contains(attribute.string) {
        return .undefined("a dict has no attribute “\(attribute.string)”")
      }
      return try Lookup.attribute(attribute.string, of: value, evaluator)
    case "map":
      if let attribute = arguments.named["attribute"] {
        return .list(
          try evaluator.items(of: value).map {
            try resolve(attribute, of: $0, standard: arguments.named["default"], evaluator)
          })
      }
      guard let filter = arguments.positional.first?.asText?.string, Filters.names.contains(filter) else {
        throw ValueError("“map” wants the name of a filter, or attribute=")
      }
      let rest = Arguments(positional: Array(arguments.positional.dropFirst()), named: arguments.named)
      return .list(try evaluator.items(of: value).map { try Filters.apply(filter, to: $0, rest, evaluator) })
    case "select", "reject", "selectattr", "rejectattr":
      var parameters = arguments.positional
      var attribute: Value?
      if name.hasSuffix("attr") {
        guard !parameters.isEmpty else { throw ValueError("“\(name)” wants an attribute") }
        attribute = parameters.removeFirst()
      }
      let test = parameters.isEmpty ? nil : parameters.removeFirst().asText?.string
      let wanted = name.hasPrefix("select")
      return .list(
        try evaluator.items(of: value).filter { item in
          let tested = try attribute.map { try resolve($0, of: item, evaluator) } ?? item
          return try (test.map { try Tests.apply(symbol($0), to: tested, parameters, evaluator) } ?? tested.isTrue)
            == wanted
        })
    case "batch":
      guard let size = arguments[0, "linecount"]?.integer else { throw ValueError("“batch” wants a size") }
      return .list(try batches(try evaluator.items(of: value), of: size, fill: arguments[1, "fill_with"], evaluator))
    case "slice":
      guard let count = arguments[0, "slices"]?.integer, count != 0 else { throw ValueError("“slice” wants a count") }
      return .list(try slices(try evaluator.items(of: value), count, fill: arguments[1, "fill_with"], evaluator))
    default: return nil
    }
  }

  /// Jinja's own: a size that is never reached gives one batch, and a size of 0 an empty one before it.
  private static func batches(
    _ items: [Value], of size: Int, fill: Value?, _ evaluator: Evaluator
  ) throws -> [Value] {
    var batches: [[Value]] = []
    var batch: [Value] = []
    for item in items {
      if batch.count == size {
        batches.append(batch)
        batch = []
      }
      batch.append(item)
    }
    if !batch.isEmpty {
      if let fill, !fill.isNone, batch.count < size {
        try evaluator.made(items: size - batch.count)
        batch += Array(repeating: fill, count: size - batch.count)
      }
      batches.append(batch)
    }
    return batches.map(Value.list)
  }

  /// So many lists, of which the first may have one item more; then the others are filled up.
  private static func slices(
    _ items: [Value], _ count: Int, fill: Value?, _ evaluator: Evaluator
  ) throws -> [Value] {
    guard count > 0 else { return [] }
    try evaluator.made(items: count)
    let (size, longer) = items.count.quotientAndRemainder(dividingBy: count)
    var start = 0
    return (0..<count).map { index in
      let end = start + size + (index < longer ? 1 : 0)
      defer { start = end }
      let isFilled = index >= longer
      return .list(Array(items[start..<end]) + (isFilled ? fill.flatMap { $0.isNone ? nil : [$0] } ?? [] : []))
    }
  }

  /// Tests may be named by their sign.
  private static func symbol(_ name: String) -> String {
    ["==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"][name] ?? name
  }

  private static func order(
    _ name: String, _ value: Value, _ arguments: Arguments, _ evaluator: Evaluator
  ) throws -> Value? {
    func lowercased(_ value: Value) throws -> Value {
      guard case .string(let text) = value else { return value }
      try evaluator.made(text.count)
      return .string(text.lowercased)
    }
    /// What items are compared by: an attribute, and small letters unless case counts.
    func key(_ attribute: Value?, _ isCaseSensitive: Bool) throws -> (Value) throws -> Value {
      { item in
        let found = try attribute.map { try resolve($0, of: item, evaluator) } ?? item
        return isCaseSensitive ? found : try lowercased(found)
      }
    }
    func sorted(_ items: [Value], by key: (Value) throws -> Value, reversed: Bool) throws -> [Value] {
      let keyed = try items.map { (key: try key($0), item: $0) }
      // Each is compared so many times, and once more by who groups them.
      let times = keyed.count.bitWidth - keyed.count.leadingZeroBitCount + 2
      for pair in keyed { try evaluator.weigh(pair.key, times: times) }
      // The standard sort is stable.
      return try keyed.sorted { try reversed ? $1.key.precedes($0.key) : $0.key.precedes($1.key) }.map(\.item)
    }
    switch name {
    case "sort":
      let isCaseSensitive = arguments[1, "case_sensitive"]?.isTrue ?? false
      let keys = try arguments[2, "attribute"]?.asText?.string.split(separator: ",").map {
        try key(.text(String($0)), isCaseSensitive)
      }
      let single = try key(arguments[2, "attribute"], isCaseSensitive)
      let key = { (item: Value) in try keys.map { .list(try $0.map { try $0(item) }) } ?? single(item) }
      let items = try evaluator.items(of: value)
      return .list(try sorted(items, by: key, reversed: arguments[0, "reverse"]?.isTrue ?? false))
    case "dictsort":
      guard case .dictionary(let dictionary) = value else { throw ValueError("“dictsort” of a \(value.typeName)") }
      let index = arguments[1, "by"]?.asText?.string == "value" ? 1 : 0
      let key = try key(.int(index), arguments[0, "case_sensitive"]?.isTrue ?? false)
      let pairs = dictionary.entries.map { Value.tuple([$0.key, $0.value]) }
      return .list(try sorted(pairs, by: key, reversed: arguments[2, "reverse"]?.isTrue ?? false))
    case "min", "max":
      let key = try key(arguments[1, "attribute"], arguments[0, "case_sensitive"]?.isTrue ?? false)
      let items = try sorted(try evaluator.items(of: value), by: key, reversed: name == "max")
      return items.first ?? .undefined("there is no item")
    case "unique":
      let key = try key(arguments[1, "attribute"], arguments[0, "case_sensitive"]?.isTrue ?? false)
      var seen: [Value] = []
      return .list(
        try evaluator.items(of: value).filter { item in
          let own = try key(item)
          guard own.isHashable else { throw ValueError("“unique” cannot tell a \(own.typeName) apart") }
          try evaluator.seek(own, among: seen.count)
          if seen.contains(where: { $0.equals(own) }) { return false }
          seen.append(own)
          return true
        })
    case "groupby":
      guard let attribute = arguments[0, "attribute"] else { throw ValueError("“groupby” wants an attribute") }
      let (isCaseSensitive, standard) = (arguments[2, "case_sensitive"]?.isTrue ?? false, arguments[1, "default"])
      func key(_ item: Value) throws -> Value {
        let found = try resolve(attribute, of: item, standard: standard, evaluator)
        return isCaseSensitive ? found : try lowercased(found)
      }
      var groups: [(key: Value, items: [Value])] = []
      for item in try sorted(try evaluator.items(of: value), by: key, reversed: false) {
        if let last = groups.last, try key(last.items[0]).equals(try key(item)) {
          groups[groups.count - 1].items.append(item)
        } else {
          groups.append((try resolve(attribute, of: item, standard: standard, evaluator), [item]))
        }
      }
      return .list(groups.map { .tuple([$0.key, .list($0.items)]) })
    case "sum":
      let attribute = arguments[0, "attribute"]
      var total = arguments[1, "start"] ?? .int(0)
      for item in try evaluator.items(of: value) {
        let part = try attribute.map { try resolve($0, of: item, evaluator) } ?? item
        total = try Operators.apply(.add, total, part, evaluator)
      }
      return total
    default: return nil
    }
  }
}
