/// Passes a response on up to the first of some texts; what may yet become one of them waits.
struct StopText: Sendable {
  private let stops: [[UInt8]]
  private var pending: [UInt8] = []
  /// Whether one of the texts was found.
  private(set) var hasEnded = false
  /// All that was passed on.
  private(set) var passed = ""

  init(_ stops: [String]) { self.stops = stops.map { Array($0.utf8) } }

  /// Takes more text; gives what is certain by now.
  mutating func append(_ text: String) -> String {
    guard !hasEnded else { return "" }
    pending += text.utf8
    var place = 0
    while place < pending.count {
      let rest = pending[place...]
      hasEnded = stops.contains { rest.starts(with: $0) }
      if hasEnded || stops.contains(where: { rest.count < $0.count && $0.starts(with: rest) }) { break }
      place += 1
    }
    return pass(place)
  }

  /// What is left when no more text comes.
  mutating func finish() -> String { hasEnded ? "" : pass(pending.count) }

  private mutating func pass(_ count: Int) -> String {
    let text = String(decoding: pending[..<count], as: UTF8.self)
    pending.removeFirst(count)
    passed += text
    return text
  }
}
