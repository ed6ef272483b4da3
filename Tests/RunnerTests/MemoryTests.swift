import Bundle
import Experiment
import Foundation
import Manuscript
import Runner
import Synchronization
import Tensor
import Testing
import Transformer

@Suite("Memory", .serialized)
struct MemoryTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private func experiment() throws -> Experiment {
    let source = """
      ---
      model: aligned-small
      data: requests
      seed: 1
      ---

      ```{probe}
      label: where
      target: harmful
      rows: { part: [validation, train] }
      permutations: 1
      folds: 2
      layers: [2]
      ```
      """
    return try Experiment(
      name: "x", source: source, file: "x.md", overrides: [:], registry: Registry(bundledCells))
  }

  private func runner(_ memory: Int?) -> Runner {
    Runner(shelf: Shelf(root: Self.root), store: .none, memory: memory)
  }

  @Test("A plan states weights, activations and buffers, and their sum is the peak.")
  func plan() throws {
    let memory = try #require(try runner(nil).plan(experiment()).memory)
    let subject = try Shelf(root: Self.root).subject(
      ModelSource("aligned-small", at: SourceLocation(file: "x.md", line: 1, column: 1)))
    #expect(memory.weights == subject.model.weightBytes)
    #expect(memory.activations > 0)
    #expect(memory.buffers > 0)
    #expect(memory.keysAndValues == 0)
    #expect(memory.peak == memory.program + memory.weights + memory.activations + memory.buffers)
  }

  @Test("A plan counts the parity certificate that is not there yet, and a run is refused that it does not fit.")
  func certificate() throws {
    let store = Mutex<[Digest: Results]>([:])
    func runner(_ memory: Int?) -> Runner {
      Runner(
        shelf: Shelf(root: Self.root),
        store: ResultStore(
          load: { key in store.withLock { $0[key] } }, save: { results, key in store.withLock { $0[key] = results } }),
        memory: memory)
    }
    let plan = try runner(nil).plan(experiment())
    let certificate = try #require(plan.certificates)
    #expect(certificate.activations > 0 && certificate.keysAndValues == 0)
    #expect(try #require(plan.memory).peak >= certificate.peak)
    let error = #expect(throws: Problems.self) { try runner(64 << 20).run(experiment()) }
    #expect(try #require(error).description.contains("the parity certificate needs "))
    let outcome = try runner(nil).run(experiment())
    #expect(outcome.failures.map(\.message) == [])
    #expect(try runner(nil).plan(experiment()).certificates == nil)
    #expect(try runner(nil).plan(experiment()).memory == nil)
  }

  @Test("Within a budget batches shrink; below what the work needs it is refused with the number, before it runs.")
  func budget() throws {
    let free = try #require(try runner(nil).plan(experiment()).memory)
    let tight = try #require(try runner(free.peak - 1).plan(experiment()).memory)
    #expect(tight.peak < free.peak)
    #expect(tight.buffers < free.buffers)
    #expect(tight.activations == free.activations)
    do {
      _ = try runner(64 << 20).run(experiment())
      Issue.record("it ran")
    } catch let problems as Problems {
      #expect(problems.description.contains("the cell “where” needs "))
      #expect(problems.description.contains("64 MiB are allowed"))
      #expect(problems.description.contains("x.md:7:1"))
    }
    #expect(BatchLimits.current == BatchLimits())
  }

  @Test("A run in little memory gives the record of a run in plenty.")
  func equal() throws {
    let outcome = try runner(nil).run(experiment())
    #expect(outcome.failures.map(\.message) == [])
    let plenty = outcome.record
    let free = try #require(try runner(nil).plan(experiment()).memory)
    let tight = try runner(free.peak - free.buffers / 2).run(experiment()).record
    #expect(plenty == tight)
  }
}
