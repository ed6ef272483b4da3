import Statistics
import Testing

@Suite("Multiple testing")
struct MultipleTestingTests {
  private let p = [0.01, 0.04, 0.03, 0.005]

  @Test("Holm's adjustment has its hand-computed values.")
  func holm() {
    #expect(gap(MultipleTesting.holm(p), [0.03, 0.06, 0.06, 0.02]) < 1e-15)
    #expect(MultipleTesting.holm([0.6, 0.7]) == [1, 1])
    #expect(MultipleTesting.holm([]) == [])
  }

  @Test("The adjustment of Benjamini and Hochberg has its hand-computed values.")
  func benjaminiHochberg() {
    #expect(gap(MultipleTesting.benjaminiHochberg(p), [0.02, 0.04, 0.04, 0.02]) < 1e-15)
    #expect(MultipleTesting.benjaminiHochberg([0.6, 0.7]) == [0.7, 0.7])
  }
}
