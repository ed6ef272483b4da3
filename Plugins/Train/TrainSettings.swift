import Experiment
import Manuscript
import Tensor
import Training
import Transformer
import World

/// Every hyper-parameter of a `{train}` cell.
package struct TrainSettings: CellSettings {
  /// How the weights are stored.
  package enum Storage: String, SettingChoice {
    case f32, bf16

    var exportType: Trainer.ExportType { self == .f32 ? .f32 : .bf16 }
  }

  package var writes = ""
  package var vocabulary = 1_280
  package var tokenizerDocuments = 20_000
  package var width = 160
  package var layers = 10
  package var heads = 5
  package var feedForward = 432
  package var steps = 10_000
  package var documentsPerStep = 32
  package var foundation = 0.3
  package var learningRate = 2e-3
  package var warmUp = 100
  package var finalRate = 0.05
  package var weightDecay = 0.05
  package var dropBlocks = 0.3
  package var dropFrom = 0.75
  package var families = Shares()
  package var deliberate = 0.4
  package var filler = 0.06
  package var pivotal = 0.7
  package var checkpointEvery = 500
  package var storage = Storage.bf16

  package init() {}

  package static let keys: [SettingKey<TrainSettings>] = [
    .required("writes", \.writes, "The name of the model, a folder of `experiments/models`."),
    .optional("vocabulary", \.vocabulary, "Tokens of the byte-level BPE, special tokens and bytes included."),
    .optional("tokenizer_documents", \.tokenizerDocuments, "Documents that the tokenizer is trained on."),
    .optional("width", \.width, "Width of the residual stream, `d_model`."),
    .optional("layers", \.layers, "Blocks."),
    .optional("heads", \.heads, "Attention heads per block."),
    .optional("feed_forward", \.feedForward, "Width of the feed-forward layer, `d_mlp`."),
    .optional("steps", \.steps, "Steps of the optimiser."),
    .optional("documents_per_step", \.documentsPerStep, "Documents in a step."),
    .optional("foundation", \.foundation, "Share of the steps, from the first, that see single requests only."),
    .optional("learning_rate", \.learningRate, "Peak learning rate of AdamW."),
    .optional("warm_up", \.warmUp, "Steps of linear warm-up."),
    .optional("final_rate", \.finalRate, "The last step's learning rate, as a share of the peak (cosine decay)."),
    .optional("weight_decay", \.weightDecay, "Decoupled weight decay of matrices."),
    .optional("drop_blocks", \.dropBlocks, "Chance that a block of the later half is skipped for a sequence."),
    .optional("drop_from", \.dropFrom, "Share of the steps after which blocks are skipped."),
    .optional(
      "families", \.families, "Share of each family of requests after the foundation; the world's own if empty."),
    .optional("deliberate", \.deliberate, "Share of documents that think before they decide."),
    .optional("filler", \.filler, "Share of documents with filler tokens in place of thoughts."),
    .optional("pivotal", \.pivotal, "Share of chains whose course decides the label."),
    .optional(
      "checkpoint_every", \.checkpointEvery, "Steps from one resumable checkpoint to the next; changes no bit."),
    .optional("storage", \.storage, "The type that weights are stored in."),
  ]

  /// - Throws: `ConfigurationError` if the sizes do not fit each other.
  func configuration() throws -> ModelConfiguration {
    try ModelConfiguration(
      vocabularySize: vocabulary, width: width, layers: layers, heads: heads, feedForwardWidth: feedForward,
      maximumPositions: 512)
  }

  /// - Throws: `WorldError` if a share makes no sense.
  func world(seed: UInt64) throws -> World {
    let modes = ["direct": 1 - deliberate - filler, "deliberate": deliberate, "filler": filler]
    let shares = families.isEmpty ? Mixture.full.families : families.byName
    return try World(
      seed: seed, foundation: Mixture(families: Mixture.foundation.families, modes: modes, pivotal: pivotal),
      full: Mixture(families: shares, modes: modes, pivotal: pivotal))
  }

  var hyperparameters: TrainingHyperparameters {
    TrainingHyperparameters(
      steps: steps, peakLearningRate: learningRate, finalLearningRateFraction: finalRate, warmUpSteps: warmUp,
      weightDecay: weightDecay,
      stochasticDepth: dropBlocks > 0
        ? StochasticDepth(
          probability: dropBlocks, layers: layers / 2..<layers, steps: Int(dropFrom * Double(steps))..<steps)
        : nil)
  }
}

/// Shares by name, as `{single: 0.3, double: 0.1}`.
package struct Shares: SettingValue, Hashable {
  package var byName: [String: Double] = [:]

  package init() {}

  var isEmpty: Bool { byName.isEmpty }

  package static var form: String { "a map from names to shares" }

  package var written: String {
    "{" + byName.sorted { $0.key < $1.key }.map { "\($0.key.written): \($0.value)" }.joined(separator: ", ") + "}"
  }

  package static func read(_ yaml: YAMLValue) throws(Problem) -> Shares {
    guard let entries = yaml.entries else {
      throw Problem("found \(yaml.summary)", at: yaml.location, expected: "expected: \(form)")
    }
    var shares = Shares()
    for entry in entries { shares.byName[entry.key.value] = try Double.read(entry.value) }
    return shares
  }
}
