import Experiment
import Manuscript
import Tensor
import Transformer

/// What the residual stream of the last token is the sum of, and what each part adds to a logit difference.
struct Parts {
  /// The components in the order of the stream: `embed`, `0.attn_out`, `0.mlp_out`, ...
  let names: [String]
  /// By component and prompt, with the last norm: `[component][prompt]`.
  let normed: [[Double]]
  /// The same without it.
  let raw: [[Double]]
  /// By layer, head and prompt, with the last norm; empty where a norm stands behind attention and mixes heads.
  let heads: [[[Double]]]
  /// The difference itself, before any soft cap: `[prompt]`.
  let differences: [Double]
  /// What the last norm's bias gives, the same for every prompt.
  let bias: Double
  /// How far the parts of a prompt are from the difference at most, as a share of the sum of their sizes.
  let largestError: Double

  init(of prompts: [Prompt], tokens: [String], subject: Subject) throws {
    let (model, c) = (subject.model, subject.model.configuration)
    let ids = tokens.map { subject.tokenizer.encode($0)[0] }
    let readout = try Readout(model, token: ids[0], less: ids[1])
    let components =
      [HookPoint(.embed)] + (c.architecture.hasLearnedPositions ? [HookPoint(.posEmbed)] : [])
      + (0..<c.layers).flatMap { [HookPoint(.attnOut, layer: $0), HookPoint(.mlpOut, layer: $0)] }
    let hasHeads = c.architecture.normPlacement == .before
    let results = hasHeads ? (0..<c.layers).map { HookPoint(.result, layer: $0) } : []
    let (scale, end) = (HookPoint(.lnFinalScale), HookPoint(.lnFinalNormalized))
    let forward = try model.forward(
      prompts.map(\.tokens), capture: (components + results + [scale, end]).map { HookPattern($0) }, at: .last,
      logits: .none)
    let scales = try prompts.indices.map { Double(try forward.activation(scale, sequence: $0).values[0]) }
    func contributions(_ point: HookPoint, normed: Bool) throws -> [Double] {
      try prompts.indices.map {
        readout.contribution(
          of: try forward.activation(point, sequence: $0).values, scale: normed ? scales[$0] : nil)
      }
    }
    names = components.map { point in
      point.site.isPerLayer ? "\(point.layer).\(point.site.shortName)" : point.site.shortName
    }
    normed = try components.map { try contributions($0, normed: true) }
    raw = try components.map { try contributions($0, normed: false) }
    heads = try results.map { point in
      let rows = try prompts.indices.map { try forward.activation(point, sequence: $0).values }
      return (0..<c.heads).map { head in
        prompts.indices.map {
          readout.contribution(of: rows[$0][head * c.width..<(head + 1) * c.width], scale: scales[$0])
        }
      }
    }
    // What the unembedding reads is weighted and scaled already.
    differences = try contributions(end, normed: false)
    bias = readout.bias
    var worst = 0.0
    for prompt in prompts.indices {
      let sum = normed.reduce(bias) { $0 + $1[prompt] }
      let size = normed.reduce(abs(bias)) { $0 + abs($1[prompt]) }
      worst = max(worst, abs(sum - differences[prompt]) / max(size, 1e-30))
    }
    largestError = worst
    guard worst < 1e-4 else { throw PartsDoNotAddUp(error: worst) }
  }
}

/// The parts of a logit difference are not the difference.
struct PartsDoNotAddUp: Error, CustomStringConvertible {
  let error: Double

  var description: String {
    "what the components add to the logit difference is \(error) of their sizes away from it; it should be rounding, "
      + "below 1e-4: please report this"
  }
}
