/// A sentence with slots, `{T}`: written with values, or read back from a text.
package struct Template: Sendable, Hashable {
  /// The sentence.
  package let text: String
  /// What stands before the first slot, between slots, and after the last.
  private let literals: [String]
  /// The names of the slots, in order.
  private let slots: [String]

  package init(_ text: String) {
    self.text = text
    var literals = [""]
    var slots: [String] = []
    var rest = text[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      literals[literals.count - 1] += rest[..<open]
      slots.append(String(rest[rest.index(after: open)..<close]))
      literals.append("")
      rest = rest[rest.index(after: close)...]
    }
    literals[literals.count - 1] += rest
    self.literals = literals
    self.slots = slots
  }

  /// The sentence with the slots filled, and where each value came to stand, in UTF-8 bytes.
  package func fill(_ values: [String: String]) -> (text: String, ranges: [String: Range<Int>]) {
    var text = literals[0]
    var ranges: [String: Range<Int>] = [:]
    for (slot, literal) in zip(slots, literals.dropFirst()) {
      let start = text.utf8.count
      text += values[slot] ?? ""
      ranges[slot] = start..<text.utf8.count
      text += literal
    }
    return (text, ranges)
  }

  /// The sentence with the slots filled.
  package func callAsFunction(_ values: [String: String]) -> String { fill(values).text }

  /// Every way in which a text is this sentence with something, not nothing, in each slot.
  package func read(_ text: String) -> [[String: String]] {
    guard text.hasPrefix(literals[0]) else { return [] }
    return read(text.dropFirst(literals[0].count), slot: 0)
  }

  private func read(_ rest: Substring, slot: Int) -> [[String: String]] {
    guard slot < slots.count else { return rest.isEmpty ? [[:]] : [] }
    let literal = literals[slot + 1]
    if slot == slots.count - 1 {
      guard rest.count > literal.count, rest.hasSuffix(literal) else { return [] }
      return [[slots[slot]: String(rest.dropLast(literal.count))]]
    }
    var readings: [[String: String]] = []
    var end = rest.startIndex
    while end < rest.endIndex {
      end = rest.index(after: end)
      guard rest[end...].hasPrefix(literal) else { continue }
      for reading in read(rest[end...].dropFirst(literal.count), slot: slot + 1) {
        let value = String(rest[..<end])
        // A slot named twice must hold the same words both times.
        if let same = reading[slots[slot]], same != value { continue }
        readings.append(reading.merging([slots[slot]: value]) { old, _ in old })
      }
    }
    return readings
  }
}
