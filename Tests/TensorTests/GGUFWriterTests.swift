import Foundation
import Tensor
import Testing

@Suite("Writing GGUF")
struct GGUFWriterTests {
  @Test("What is written is read back: texts, numbers, and tensors to the bit, whatever their sizes.")
  func roundTrip() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).gguf").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let first = Tensor([2, 3], [1, -2, 0.5, 1e-30, -0.0, 7])
    let second = Tensor([5], [1, 2, 3, 4, 5])
    try GGUFWriter.write(
      metadata: [("general.architecture", .text("controlvector")), ("a.number", .unsigned(70_000))],
      tensors: [("direction.1", first), ("direction.2", second)], to: path)
    let file = try GGUFFile(path: path)
    #expect(try file.metadata.string("general.architecture") == "controlvector")
    #expect(try file.metadata.integer("a.number") == 70_000)
    for (name, tensor) in [("direction.1", first), ("direction.2", second)] {
      let read = try file.tensor(name)
      #expect(read.shape == tensor.shape)
      #expect(read.values.map(\.bitPattern) == tensor.values.map(\.bitPattern))
    }
  }
}
