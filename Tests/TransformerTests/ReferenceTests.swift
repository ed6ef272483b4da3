import Foundation
import Tensor
import Testing
import Transformer

/// How the float64 reference reads its weights and runs sequences; that it is right is shown with the families.
@Suite("The float64 reference")
struct ReferenceTests {
  private static let sequences = [[3, 9, 27, 81, 50], [1, 2, 3], [60], [4, 4, 8, 15, 16, 23, 42, 10, 11, 12]]

  private func expectEqual(_ a: ReferenceModel.Output, _ b: ReferenceModel.Output) {
    #expect(a.logits == b.logits)
    #expect(a.activations == b.activations)
    #expect(a.patterns == b.patterns)
  }

  @Test("Where weights are read from changes no bit, nor do the sequences beside one.", arguments: FamilyTests.variants)
  func equal(name: String) throws {
    let folder = FamilyTests.folder.appending(path: name)
    var weights: [String: [Double]] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    where name.hasPrefix("model") && name.hasSuffix(".safetensors") {
      let file = try SafetensorsFile(path: folder.appending(path: name).path)
      // A causal mask, which some checkpoints hold, is no weight.
      for entry in file.entries where entry.type != .bool { weights[entry.name] = try file.doubles(entry.name) }
    }
    let memory = try ReferenceModel(
      configuration: ModelConfiguration(contentsOf: folder.appending(path: "config.json")), weights: weights)
    let reference = try ReferenceModel(contentsOf: folder)
    let together = try reference.forward(Self.sequences)
    #expect(together.count == Self.sequences.count)
    for (sequence, output) in zip(Self.sequences, together) {
      expectEqual(output, try reference.forward(sequence))
      expectEqual(output, try memory.forward(sequence))
    }
  }

  @Test("The number of threads changes no bit.")
  func threads() throws {
    let reference = try ReferenceModel(contentsOf: FamilyTests.folder.appending(path: "qwen2"))
    let outputs = try [1, 2, 5].map { count in
      try Threads.limited(to: count) { try reference.forward(Self.sequences[3]) }
    }
    for output in outputs { expectEqual(output, outputs[0]) }
  }

  @Test("Only what is asked for is kept, and every layer is told.")
  func keeping() throws {
    let reference = try ReferenceModel(contentsOf: FamilyTests.folder.appending(path: "gemma2"))
    let wanted = HookPoint(.residPost, layer: 1)
    var told: [Int] = []
    let output = try reference.forward([[1, 2, 3]], keeping: { $0 == wanted }) { done, _ in told.append(done) }[0]
    #expect(output.activations.keys.map(\.description) == [wanted.description])
    #expect(output.patterns.isEmpty)
    #expect(told == Array(1...reference.configuration.layers + 1))
    struct Stop: Error {}
    #expect(throws: Stop.self) { try reference.forward([[1]], progress: { _, _ in throw Stop() }) }
  }

  @Test("A GGUF file's weights are read row by row too.", arguments: GGUFCheckpointTests.variants)
  func gguf(name: String) throws {
    let file = GGUFCheckpointTests.fixtures.appending(path: "gguf/\(name).gguf")
    let parity = try Parity(
      of: Model.load(from: file), on: Self.sequences, against: ReferenceModel(contentsOf: file))
    for row in parity.rows { #expect(row.difference <= 1e-4 * row.magnitude, "\(row.tensor)") }
  }
}
