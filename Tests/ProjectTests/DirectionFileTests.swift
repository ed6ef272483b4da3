import Experiment
import Foundation
import Project
import Tensor
import Testing

@Suite("Directions as files")
struct DirectionFileTests {
  private func direction(_ hook: String) -> Direction {
    Direction(
      hook: hook, position: "last", method: "mean_difference", model: Digest(of: "model"), data: Digest(of: "data"),
      unit: [0.6, -0.8, 0], norm: 2.5)
  }

  private func withFile(_ body: (String) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "direction-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  @Test("As safetensors it has the unit vector, the raw difference, and where it came from.")
  func safetensors() throws {
    try withFile { path in
      try DirectionFile.write(direction("blocks.3.hook_resid_pre"), format: .safetensors, family: "llama", to: path)
      let file = try SafetensorsFile(path: path)
      #expect(try file.tensor("unit").values == [0.6, -0.8, 0])
      #expect(try file.tensor("raw").values == [1.5, -2, 0])
      #expect(file.metadata["hook"] == "blocks.3.hook_resid_pre" && file.metadata["method"] == "mean_difference")
      #expect(file.metadata["model"] == Digest(of: "model").hex && file.metadata["norm"] == "2.5")
    }
  }

  @Test("As a control vector it lies behind the block whose output it is added to.")
  func controlVector() throws {
    for (hook, name) in [("blocks.3.hook_resid_pre", "direction.2"), ("blocks.3.hook_resid_post", "direction.3")] {
      try withFile { path in
        try DirectionFile.write(direction(hook), format: .gguf, family: "qwen2", to: path)
        let file = try GGUFFile(path: path)
        #expect(try file.tensor(name).values == [1.5, -2, 0])
        #expect(try file.metadata.string("general.architecture") == "controlvector")
        #expect(try file.metadata.string("controlvector.model_hint") == "qwen2")
        #expect(try file.metadata.string("palimpsest.hook") == hook)
      }
    }
  }

  @Test("What llama.cpp has no place for is refused, and nothing is written.")
  func refused() throws {
    for hook in ["blocks.1.hook_resid_pre", "blocks.0.hook_resid_post", "blocks.4.hook_mlp_out"] {
      try withFile { path in
        #expect(throws: DirectionFileError.self) {
          try DirectionFile.write(direction(hook), format: .gguf, family: "llama", to: path)
        }
        #expect(!FileManager.default.fileExists(atPath: path))
      }
    }
  }
}
