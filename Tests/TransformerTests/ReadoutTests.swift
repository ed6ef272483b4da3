import Foundation
import Tensor
import Testing
import Transformer

@Suite("Direct logit attribution")
struct ReadoutTests {
  @Test(
    "In every family what the components add is the difference of logits, to rounding.", arguments: FamilyTests.variants
  )
  func adds(name: String) throws {
    let model = try Model.load(from: FamilyTests.folder.appending(path: name))
    let c = model.configuration
    let tokens = [3, 9, 27, 81, 50]
    let readout = try Readout(model, token: 40, less: 41)
    let components =
      [HookPoint(.embed)] + (c.architecture.hasLearnedPositions ? [HookPoint(.posEmbed)] : [])
      + (0..<c.layers).flatMap { [HookPoint(.attnOut, layer: $0), HookPoint(.mlpOut, layer: $0)] }
    let (scale, end) = (HookPoint(.lnFinalScale), HookPoint(.lnFinalNormalized))
    let forward = try model.forward(
      [tokens], capture: (components + [scale, end]).map { HookPattern($0) }, at: .last)
    func values(_ point: HookPoint) throws -> [Float] { try forward.activation(point, sequence: 0).values }
    let deviation = Double(try values(scale)[0])
    var (sum, size) = (readout.bias, abs(readout.bias))
    for component in components {
      let part = readout.contribution(of: try values(component), scale: deviation)
      sum += part
      size += abs(part)
    }
    let whole = readout.contribution(of: try values(end), scale: nil)
    #expect(abs(sum - whole) < 1e-5 * size, "\(sum), \(whole)")
    let logits = try forward.logits(sequence: 0).values
    if c.logitCap == nil { #expect(abs(Double(logits[40]) - Double(logits[41]) - whole) < 1e-5 * size) }
  }

  @Test("Tokens that the vocabulary lacks are refused.")
  func refused() throws {
    #expect(throws: SequenceError.self) { try Readout(Fixture.model(), token: 61, less: 0) }
  }
}
