import Foundation
import Tensor
import Testing
import Transformer

@Suite("Parity")
struct ParityTests {
  private static let folder = FamilyTests.folder.appending(path: "gemma2")

  /// A golden file with the engine's own values of one model, and one number of one tensor moved.
  private func golden(moved: Double) throws -> SafetensorsFile {
    let model = try Model.load(from: Self.folder)
    let tokens = [[3, 9, 27, 81, 50], [1, 2, 3, 4, 5]]
    let forward = try model.forward(tokens, capture: [HookPattern(.residPost)], logits: .all)
    var tensors: [(name: String, value: SafetensorsValue)] = []
    for layer in 0..<2 {
      var values = try (0..<2).flatMap {
        try forward.activation(HookPoint(.residPost, layer: layer), sequence: $0).values
      }
      // Sequence 1, position 2, element 7.
      if layer == 1 { values[(5 + 2) * 24 + 7] += Float(moved) }
      tensors.append(("resid_post.\(layer)", .f32(Tensor([2, 5, 24], values))))
    }
    for i in 0..<2 { tensors.append(("logits.\(i)", .f32(try forward.logits(sequence: i)))) }
    tensors.append(("something.else", .f32(Tensor([1], [0]))))
    let path = try temporaryDirectory().appending(path: "golden.safetensors").path
    tensors.append(("input_ids", .i64(tokens.flatMap { $0 }.map(Int64.init), shape: [2, 5])))
    try SafetensorsFile.write(tensors, to: path)
    return try SafetensorsFile(path: path)
  }

  @Test("Equal runs differ by nothing, and what is not compared is said.")
  func equal() throws {
    let parity = try Parity(of: Model.load(from: Self.folder), against: golden(moved: 0))
    #expect(Set(parity.rows.map(\.tensor)) == ["resid_post.0", "resid_post.1", "logits"])
    #expect(parity.rows.allSatisfy { $0.difference == 0 && $0.floor == nil })
    #expect(parity.skipped == ["something.else"])
  }

  @Test("One number that is off is found, with its place and the golden's own noise floor.")
  func planted() throws {
    let parity = try Parity(
      of: Model.load(from: Self.folder), against: golden(moved: 0.25),
      reference: ReferenceModel(contentsOf: Self.folder))
    let row = try #require(parity.rows.first { $0.tensor == "resid_post.1" })
    #expect(abs(row.difference - 0.25) < 1e-5)
    #expect(row.index == [1, 2, 7])
    #expect(abs(try #require(row.floor) - 0.25) < 1e-4)
    let logits = try #require(parity.rows.first { $0.tensor == "logits" })
    #expect(try #require(logits.floor) < 3e-5)
  }

  @Test("A file without tokens, or with nothing to compare, is refused with what was expected.")
  func refusals() throws {
    let model = try Model.load(from: Self.folder)
    let weights = try SafetensorsFile(path: Self.folder.appending(path: "model.safetensors").path)
    #expect(throws: ParityError.noTokens(file: weights.path)) { try Parity(of: model, against: weights) }
  }
}
