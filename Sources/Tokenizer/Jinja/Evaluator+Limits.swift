/// What one rendering may take. A template is a file from elsewhere: whatever it says, rendering ends, in memory that
/// is there. What a step costs is counted before it is done.
extension Evaluator {
  /// Statements and expressions that one rendering may evaluate.
  static let maximumSteps = 1_000_000
  /// Characters that one rendering may make, in its output and in all texts on the way.
  static let maximumCharacters = 10_000_000
  /// Items that one rendering may make, in all lists and mappings, with all that lies in them.
  static let maximumItems = 5_000_000
  /// Characters and items that one rendering may read, compare and search.
  static let maximumWork = 200_000_000
  /// What comparing two items costs, in characters.
  static let comparison = 16
  /// What it costs to apply a filter, test or method to one item, whatever it does.
  static let application = 200
  /// How deep macros and recursive loops may call each other.
  static let maximumCalls = 60
  /// How deep lists and mappings may lie in each other.
  static let maximumDepth = 100

  /// Counts the characters of a text that was made, or is about to be.
  func made(_ count: Int) throws {
    try add(count, to: &characters, limit: Self.maximumCharacters, "characters of text")
  }

  /// Counts items that were made, or are about to be.
  func made(items count: Int) throws {
    try add(count, to: &items, limit: Self.maximumItems, "items of lists")
  }

  /// Counts characters or items that are about to be read.
  func worked(_ count: Int) throws {
    try add(count, to: &work, limit: Self.maximumWork, "characters and items gone through")
  }

  /// The product of counts, or the largest number if it is larger.
  private static func product(_ factors: Int...) -> Int {
    factors.reduce(1) { product, factor in
      let (result, overflow) = product.multipliedReportingOverflow(by: factor)
      return overflow ? .max : result
    }
  }

  private func add(_ count: Int, to total: inout Int, limit: Int, _ what: String) throws {
    let (sum, overflow) = total.addingReportingOverflow(count)
    guard !overflow, sum <= limit else { throw ValueError("more than \(limit) \(what)", kind: .limit) }
    total = sum
  }

  /// The items of a value. Those of a text or a mapping are made for whoever goes through them.
  func items(of value: Value) throws -> [Value] {
    switch value {
    case .string, .dictionary: try made(items: value.count)
    default: break
    }
    return try value.items()
  }

  /// A value that was made: counts its items with all that lies in them, since a list that is put into a list twice,
  /// again and again, is small in memory and endless to go through. A range was counted when it was made.
  func kept(_ value: Value, depth: Int = 0) throws -> Value {
    func deeper(_ count: Int) throws {
      try made(items: count)
      guard depth < Self.maximumDepth else {
        throw ValueError("lists lie more than \(Self.maximumDepth) deep in each other", kind: .limit)
      }
    }
    switch value {
    case .list(let items), .tuple(let items):
      try deeper(items.count)
      for item in items { _ = try kept(item, depth: depth + 1) }
    case .view(let view) where !view.isRange:
      try deeper(view.items.count)
      for item in view.items { _ = try kept(item, depth: depth + 1) }
    case .dictionary(let dictionary):
      try deeper(dictionary.entries.count)
      for entry in dictionary.entries {
        _ = try kept(entry.key, depth: depth + 1)
        _ = try kept(entry.value, depth: depth + 1)
      }
    case .method(let receiver, _):
      try deeper(1)
      _ = try kept(receiver, depth: depth + 1)
    default: break
    }
    return value
  }

  /// How a list or mapping is written.
  struct Layout {
    /// Characters before each item, for each level.
    var indent = 0
    /// Characters between items, beyond the usual.
    var separators = 0
    var escapesNonASCII = false

    /// How many characters a text becomes, at most.
    func length(_ text: Text) -> Int {
      text.glyphs.reduce(0) { sum, glyph in
        switch glyph.scalar.value {
        case 0x20..<0x7F: return sum + (glyph.scalar == "\\" || glyph.scalar == "\"" || glyph.scalar == "'" ? 2 : 1)
        case ..<0xA1: return sum + 6
        default:
          guard !escapesNonASCII else { return sum + 12 }
          switch glyph.scalar.properties.generalCategory {
          case .control, .format, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator:
            return sum + 10
          default: return sum + 1
          }
        }
      }
    }
  }

  /// Counts what a list or mapping takes to be written, before it is; a text is there already.
  func announce(_ value: Value, _ layout: Layout = Layout(), depth: Int = 0) throws {
    func write(_ items: [Value]) throws {
      for item in items {
        // Before the item, and before what closes it.
        try made(4 + layout.separators + 2 * layout.indent * (depth + 1))
        if case .string(let text) = item {
          try made(text.count)
          try made(layout.length(text) - text.count)
        } else {
          try announce(item, layout, depth: depth + 1)
        }
      }
    }
    switch value {
    case .list(let items), .tuple(let items): try write(items)
    case .view(let view) where !view.isRange: try write(view.items)
    case .dictionary(let dictionary):
      try write(dictionary.entries.map(\.key))
      try write(dictionary.entries.map(\.value))
    default: break
    }
  }

  /// Counts what it takes to compare a value so many times. What lies deep in others is gone through for each level:
  /// to find where they differ, and then how.
  func weigh(_ value: Value, times: Int = 1, depth: Int = 1) throws {
    switch value {
    case .string(let text): try worked(Self.product(text.count, times, depth))
    case .list(let items), .tuple(let items):
      try worked(Self.product(items.count, Self.comparison, times, depth))
      for item in items { try weigh(item, times: times, depth: depth + 1) }
    case .view(let view):
      try worked(Self.product(view.items.count, Self.comparison, times, depth))
      if view.isRange { return }
      for item in view.items { try weigh(item, times: times, depth: depth + 1) }
    case .dictionary(let dictionary):
      for entry in dictionary.entries {
        try seek(entry.key, among: Self.product(dictionary.entries.count, times, depth))
        try weigh(entry.value, times: times, depth: depth + 1)
      }
    default: break
    }
  }

  /// Counts what it takes to look for a key, or any value, among others, at worst.
  func seek(_ key: Value, among count: Int) throws {
    switch key {
    case .string(let text): try worked(Self.product(count, Self.comparison + text.count / 8))
    case .tuple, .list, .dictionary, .view: try weigh(key, times: count)
    default: try worked(Self.product(count, Self.comparison))
    }
  }

  /// Counts what it takes to look for a text in another, at worst.
  func search(for part: Text, in text: Text) throws {
    try worked(text.count + text.count * min(part.count, text.count) / 8)
  }
}
