/// Finds marks that are written as text, wherever the text is cut: what may be the beginning of a marker waits.
///
/// Of markers that begin at one place the longest counts, so a scanner also waits while a longer one is possible.
public struct MarkerScanner: Sendable {
  private let markers: [(bytes: [UInt8], mark: Mark)]
  private var pending: [UInt8] = []

  /// - Parameter markers: what each mark is written as; empty ones are never found.
  public init(_ markers: [Mark: String]) {
    self.markers = markers.map { (Array($0.value.utf8), $0.key) }.filter { !$0.bytes.isEmpty }
      .sorted { $0.bytes.count > $1.bytes.count }
  }

  /// Takes more text; gives what is certain by now.
  public mutating func append(_ text: String) -> [Piece] {
    pending += text.utf8
    return scan(isLast: false)
  }

  /// What is left when no more text comes.
  public mutating func finish() -> [Piece] { scan(isLast: true) }

  private mutating func scan(isLast: Bool) -> [Piece] {
    var pieces: [Piece] = []
    var (text, place) = (0, 0)
    func flush(_ end: Int) {
      if text < end { pieces.append(.text(String(decoding: pending[text..<end], as: UTF8.self))) }
    }
    scanning: while place < pending.count {
      for (bytes, mark) in markers {
        let rest = pending[place...]
        if rest.starts(with: bytes) {
          flush(place)
          pieces.append(.mark(mark))
          place += bytes.count
          text = place
          continue scanning
        }
        if !isLast, rest.count < bytes.count, bytes.starts(with: rest) { break scanning }
      }
      place += 1
    }
    flush(place)
    pending.removeFirst(place)
    return pieces
  }
}
