import Foundation
import Kernels
import Tensor
import Testing

/// What `compute` gives on each path of this processor; the first is the portable one.
func onEachPath<T>(_ compute: () throws -> T) throws -> [(path: KernelPath, result: T)] {
  try KernelPath.supported.map { path in (path, try path.during(compute)) }
}

/// Expects `compute` to give the same bits on every path; returns them.
@discardableResult
func sameOnEachPath(
  _ what: String, _ compute: () throws -> [Float], at location: SourceLocation = #_sourceLocation
) throws -> [Float] {
  let results = try onEachPath(compute)
  let portable = try #require(results.first, sourceLocation: location).result
  for (path, result) in results {
    let difference = firstDifference(result, portable)
    #expect(difference == nil, "\(what): \(path) differs at \(difference ?? -1)", sourceLocation: location)
  }
  return portable
}

/// What `compute` gives with each number of threads.
func withThreads<T>(_ counts: [Int], _ compute: () throws -> T) rethrows -> [T] {
  try counts.map { try Threads.limited(to: $0, compute) }
}

/// The first place whose bits differ.
func firstDifference(_ a: [Float], _ b: [Float]) -> Int? {
  guard a.count == b.count else { return min(a.count, b.count) }
  return a.indices.first { a[$0].bitPattern != b[$0].bitPattern }
}

/// Numbers for one test, in (-1, 1).
struct Numbers {
  private var generator: RandomStream.Generator

  init(_ purpose: String) { generator = RandomStream(seed: 17, purpose: purpose).generator() }

  mutating func floats(_ count: Int, scale: Float = 1) -> [Float] {
    (0..<count).map { _ in scale * Float(2 * generator.uniform() - 1) }
  }

  mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
}

/// Half a unit in the last place of 1: the relative error of one rounding.
let roundoff = 0x1p-24
