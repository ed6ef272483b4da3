import Tensor
import Testing

@Suite("Random streams")
struct RandomStreamTests {
  @Test("A block is Philox4x32-10 of the index and the purpose, under the seed.")
  func knownBlock() {
    // From an independent Philox that gives the published answer for counter 0 and key 0.
    let block = RandomStream(seed: 17, purpose: "bootstrap").block(at: 3)
    #expect(block == SIMD4(0x0fb9_1c7a, 0x3b37_17f3, 0xfb65_382e, 0xa269_1ab5))
  }

  @Test("Numbers are a function of seed, purpose and index, not of the order they are drawn in.")
  func randomAccess() {
    let stream = RandomStream(seed: 5, purpose: "order")
    var generator = stream.generator()
    let drawn = (0..<100).map { _ in generator.next() }
    #expect((0..<100).reversed().map { stream.bits(at: $0) }.reversed() == drawn)
    #expect(Set(drawn).count == 100)
  }

  @Test("Other seeds, purposes and children have other numbers.")
  func independence() {
    let stream = RandomStream(seed: 5, purpose: "a")
    let others = [
      RandomStream(seed: 6, purpose: "a"), RandomStream(seed: 5, purpose: "b"), stream.child(0), stream.child(1),
      RandomStream(seed: 5 << 32, purpose: "a"),
    ]
    #expect(Set(others.map { $0.bits(at: 0) } + [stream.bits(at: 0)]).count == others.count + 1)
    #expect(stream.child("x") == stream.child("x") && stream.child("x") != stream.child("y"))
  }

  @Test("Uniform numbers fill [0, 1) evenly.")
  func uniform() {
    let stream = RandomStream(seed: 1, purpose: "uniform")
    var bins = [Int](repeating: 0, count: 10)
    for index in 0..<10_000 { bins[Int(stream.uniform(at: UInt64(index)) * 10)] += 1 }
    // Chi-square with 9 degrees of freedom exceeds 27.9 once in a thousand streams; this one is fixed.
    let chiSquare = bins.reduce(0.0) { $0 + Double(($1 - 1000) * ($1 - 1000)) / 1000 }
    #expect(chiSquare < 27.9)
  }
}
