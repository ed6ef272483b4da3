/// Counter-based random numbers: Philox4x32-10 (Salmon et al. 2011, “Parallel random numbers: as easy as 1, 2, 3”).
///
/// A stream is a function of its seed and its purpose, and every number in it a function of its index: what is drawn
/// never depends on who drew before, on threads, or on order. Two purposes never share numbers.
///
///     let stream = RandomStream(seed: 17, purpose: "bootstrap")
///     stream.uniform(at: 3)                       // random access
///     var generator = stream.generator()          // or one after the other
///     labels.shuffle(using: &generator)
public struct RandomStream: Sendable, Hashable {
  private let key: (UInt32, UInt32)
  private let domain: (UInt32, UInt32)

  /// - Parameters:
  ///   - seed: the experiment's seed.
  ///   - purpose: what the numbers are for; a name that no other use in the experiment has.
  public init(seed: UInt64, purpose: String) {
    // FNV-1a over the purpose: part of the counter, so that streams of one seed are disjoint.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in purpose.utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    domain = (UInt32(truncatingIfNeeded: hash), UInt32(truncatingIfNeeded: hash >> 32))
  }

  /// A stream of its own for one item of this one: a fold, a prompt, a step.
  public func child(_ name: some CustomStringConvertible) -> RandomStream {
    let seed = UInt64(key.1) << 32 | UInt64(key.0)
    return RandomStream(seed: seed, purpose: "\(domain.0).\(domain.1)/\(name)")
  }

  /// Four independent 32-bit words.
  public func block(at index: UInt64) -> SIMD4<UInt32> {
    var c = SIMD4<UInt32>(
      UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32), domain.0, domain.1)
    var k = key
    for round in 0..<10 {
      if round > 0 {
        k.0 &+= 0x9E37_79B9
        k.1 &+= 0xBB67_AE85
      }
      let p0 = UInt64(0xD251_1F53) * UInt64(c[0])
      let p1 = UInt64(0xCD9E_8D57) * UInt64(c[2])
      c = SIMD4(
        UInt32(p1 >> 32) ^ c[1] ^ k.0, UInt32(truncatingIfNeeded: p1),
        UInt32(p0 >> 32) ^ c[3] ^ k.1, UInt32(truncatingIfNeeded: p0))
    }
    return c
  }

  /// 64 random bits.
  public func bits(at index: UInt64) -> UInt64 {
    let words = block(at: index >> 1)
    return index & 1 == 0
      ? UInt64(words[1]) << 32 | UInt64(words[0]) : UInt64(words[3]) << 32 | UInt64(words[2])
  }

  /// Uniform in [0, 1), with 53 random bits.
  public func uniform(at index: UInt64) -> Double {
    Double(bits(at: index) >> 11) * 0x1p-53
  }

  /// The stream's numbers one after the other, for the standard library's `shuffle(using:)` and `random(in:using:)`.
  public func generator() -> Generator { Generator(stream: self) }

  /// Streams are equal when they have the same numbers.
  public static func == (a: RandomStream, b: RandomStream) -> Bool { a.key == b.key && a.domain == b.domain }

  /// Takes in the seed and the purpose.
  public func hash(into hasher: inout Swift.Hasher) {
    hasher.combine(key.0)
    hasher.combine(key.1)
    hasher.combine(domain.0)
    hasher.combine(domain.1)
  }

  /// A cursor in a stream.
  public struct Generator: RandomNumberGenerator, Sendable {
    private let stream: RandomStream
    private var index: UInt64 = 0

    init(stream: RandomStream) { self.stream = stream }

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
      defer { index &+= 1 }
      return stream.bits(at: index)
    }

    /// Uniform in [0, 1).
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }
  }
}
