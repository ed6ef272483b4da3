/// Attributes, items and slices with Jinja's rules: what is missing is undefined, what is asked of undefined fails.
enum Lookup {
  static func attribute(_ name: String, of value: Value, _ evaluator: Evaluator) throws -> Value {
    switch value {
    case .undefined(let reason): throw ValueError("\(reason), so it has no “\(name)”")
    case .dictionary(let dictionary):
      if Methods.ofDictionaries.contains(name) { return .method(value, name) }
      let key = Value.text(name)
      try evaluator.seek(key, among: dictionary.entries.count)
      return dictionary[key] ?? missing(name, value)
    case .namespace(let namespace): return namespace.variables[name] ?? missing(name, value)
    case .loop(let loop): return loop.attribute(name) ?? missing(name, value)
    case .string: return Methods.ofStrings.contains(name) ? .method(value, name) : missing(name, value)
    case .list, .tuple:
      if Methods.thatChange.contains(name) {
        return .undefined("“\(name)” would change a list, which the sandbox does not allow")
      }
      return Methods.ofLists.contains(name) ? .method(value, name) : missing(name, value)
    case .macro(let macro):
      if name == "arguments" { try evaluator.made(items: macro.definition.parameters.count) }
      return macro.attribute(name) ?? missing(name, value)
    default: return missing(name, value)
    }
  }

  private static func missing(_ name: String, _ value: Value) -> Value {
    .undefined("a \(value.typeName) has no “\(name.prefix(100))”")
  }

  static func item(_ index: Value, of value: Value, _ evaluator: Evaluator) throws -> Value {
    if case .string(let name) = index { try evaluator.worked(name.count * Evaluator.comparison) }
    switch (value, index) {
    case (.undefined(let reason), _): throw ValueError("\(reason), so it has no items")
    case (.dictionary(let dictionary), _):
      try evaluator.seek(index, among: dictionary.entries.count)
      if let found = dictionary[index] { return found }
    case (.namespace(let namespace), .string(let name)):
      if let found = namespace.variables[name.string] { return found }
    case (.list(let items), _), (.tuple(let items), _):
      if let place = index.integer {
        let place = place < 0 ? place + items.count : place
        return items.indices.contains(place) ? items[place] : .undefined("a list of \(items.count) has no such item")
      }
    case (.view(let view), _) where view.isRange:
      if case .range = view.kind, index.integer != nil { return try item(index, of: .list(view.items), evaluator) }
    case (.string(let text), _):
      if let place = index.integer {
        let place = place < 0 ? place + text.count : place
        return text.glyphs.indices.contains(place)
          ? .string(Text(glyphs: [text.glyphs[place]])) : .undefined("a text of \(text.count) has no such character")
      }
    default: break
    }
    if case .string(let name) = index { return try attribute(name.string, of: value, evaluator) }
    return .undefined("a \(value.typeName) has no item of that kind")
  }

  static func slice(
    _ value: Value, from: Value?, to: Value?, step: Value?, _ evaluator: Evaluator
  ) throws -> Value {
    func bound(_ value: Value?) throws -> Int? {
      guard let value else { return nil }
      if case .none = value { return nil }
      guard let bound = value.integer else { throw ValueError("a slice wants whole numbers, not a \(value.typeName)") }
      return bound
    }
    let step = try bound(step) ?? 1
    guard step != 0 else { throw ValueError("a slice with step 0") }
    func picked(_ count: Int) throws -> [Int] {
      func clamp(_ bound: Int, _ low: Int, _ high: Int) -> Int {
        min(max(bound < 0 ? bound + count : bound, low), high)
      }
      if step > 0 {
        let start = clamp(try bound(from) ?? 0, 0, count)
        let end = clamp(try bound(to) ?? count, 0, count)
        return Array(stride(from: start, to: end, by: min(step, count + 1)))
      }
      let start = try bound(from).map { clamp($0, -1, count - 1) } ?? count - 1
      let end = try bound(to).map { clamp($0, -1, count - 1) } ?? -1
      return Array(stride(from: start, to: end, by: max(step, -count - 1)))
    }
    switch value {
    case .undefined(let reason): throw ValueError("\(reason), so it has no items")
    case .string(let text):
      let places = try picked(text.count)
      try evaluator.made(places.count)
      return .string(Text(glyphs: places.map { text.glyphs[$0] }))
    case .list(let items): return .list(try picked(items.count).map { items[$0] })
    case .view(let view):
      guard case .range(let start, let stop, let stride) = view.kind else { break }
      let items = try picked(view.items.count).map { view.items[$0] }
      try evaluator.made(items: items.count)
      // Python says where the slice starts and ends, even where there is nothing between.
      let first = items.first?.integer ?? (step > 0 ? stop : start)
      let last = items.last?.integer.map { $0 &+ (step > 0 ? 1 : -1) * stride.signum() } ?? first
      return .view(.init(kind: .range(start: first, stop: last, step: stride &* step), items: items))
    case .tuple(let items): return .tuple(try picked(items.count).map { items[$0] })
    default: break
    }
    throw ValueError("a \(value.typeName) cannot be sliced")
  }
}
