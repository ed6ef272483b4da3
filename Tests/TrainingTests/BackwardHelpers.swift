import Foundation
import Kernels
import Tensor

/// Random numbers in [-2, 2) for a test's buffer, by its name.
func randoms(_ count: Int, _ name: String) -> [Float] {
  let stream = RandomStream(seed: 8, purpose: name)
  return (0..<count).map { Float(4 * stream.uniform(at: UInt64($0)) - 2) }
}

/// The largest difference of a kernel's numbers from their float64 twin.
func largestDifference(_ found: [Float], _ expected: [Double]) -> Double {
  zip(found, expected).map { abs(Double($0) - $1) }.max() ?? .infinity
}

/// What `body` gives on each instruction set of this machine.
func onEveryPath<R>(_ body: () -> R) throws -> [(path: KernelPath, result: R)] {
  try KernelPath.supported.map { path in (path, try path.during(body)) }
}
