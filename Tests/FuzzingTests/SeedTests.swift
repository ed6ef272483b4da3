import Foundation
import FuzzTargets
import Tensor
import Testing

/// The fuzzers' seeds, and every input that ever failed, with thousands of changes to them that are the same in every
/// run. `make fuzz` looks for new ones.
@Suite("Fuzzing")
struct SeedTests {
  private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/fuzz")

  /// Name and bytes of each seed, by name.
  private func seeds(_ target: FuzzTarget) throws -> [(name: String, bytes: [UInt8])] {
    let folder = Self.fixtures.appending(path: target.rawValue)
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
      ($0, [UInt8](try Data(contentsOf: folder.appending(path: $0))))
    }
  }

  @Test("What must hold of a parser holds for every seed and for what failed once.", arguments: FuzzTarget.allCases)
  func seeds(target: FuzzTarget) throws {
    let seeds = try seeds(target)
    #expect(seeds.count >= 5)
    for (name, bytes) in seeds {
      let took = ContinuousClock().measure {
        #expect(throws: Never.self, "\(target)/\(name)") { try bytes.withUnsafeBytes(target.check) }
      }
      #expect(took < .seconds(10), "\(target)/\(name)")
    }
  }

  @Test("It holds for seeds that were changed.", arguments: FuzzTarget.allCases)
  func mutations(target: FuzzTarget) throws {
    // Those that go to a limit take their time, and so do their kin.
    let seeds = try seeds(target).filter { $0.bytes.count <= 1 << 14 && !$0.name.hasPrefix("limit-") }
    var generator = RandomStream(seed: 1, purpose: "fuzzing \(target.rawValue)").generator()
    for number in 0..<2_000 {
      let (name, bytes) = seeds[number % seeds.count]
      var mutation = Mutation(bytes: bytes, others: seeds.map(\.bytes))
      for _ in 0...generator.next() % 3 { mutation.change(&generator) }
      #expect(throws: Never.self, "\(target)/\(name), change \(number)") {
        try mutation.bytes.withUnsafeBytes(target.check)
      }
    }
  }
}
