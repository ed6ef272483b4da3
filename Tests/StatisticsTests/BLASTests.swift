import Foundation
import Statistics
import Tensor
import Testing

@Suite("BLAS")
struct BLASTests {
  @Test("The core type and the configuration are known, and agree.")
  func names() {
    #expect(!BLAS.coreType.isEmpty)
    #expect(BLAS.configuration.contains("OpenBLAS"))
  }

  @Test("It runs the pinned core type on one thread, whatever the environment of the process said.")
  func pinned() {
    #expect(BLAS.threads == 1)
    if let pinned = BLAS.pinnedCoreType { #expect(BLAS.coreType == pinned) }
  }

  @Test("The same product has the same bits each time, beside other threads' products.")
  func repeated() throws {
    let a = try normal(120, 300, seed: 1)
    let alone = LinearAlgebra.gram(a)
    let together = Threads.limited(to: 4) { Threads.map(16) { _ in LinearAlgebra.gram(a) } }
    for gram in together { #expect(gram == alone) }
  }
}
