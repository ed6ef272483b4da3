import Project
import Testing

@Suite struct ByteSearchTests {
  @Test("The first place of some bytes is found wherever it is, and none where there is none.")
  func places() {
    var noise = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      // Of two letters, so that much looks like the beginning of what is looked for.
      let text = (0..<Int.random(in: 0...40, using: &noise)).map { _ in UInt8.random(in: 0...1, using: &noise) }
      let mark = (0..<Int.random(in: 1...6, using: &noise)).map { _ in UInt8.random(in: 0...1, using: &noise) }
      let expected = text.indices.first { text[$0...].starts(with: mark) }
      #expect(text.withUnsafeBufferPointer { $0.place(of: mark) } == expected, "\(mark) in \(text)")
    }
    #expect([UInt8]().withUnsafeBufferPointer { $0.place(of: [1]) } == nil)
    #expect([1, 2].withUnsafeBufferPointer { $0.place(of: []) } == nil)
  }
}
