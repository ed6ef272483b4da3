import Experiment
import Foundation
import Manuscript
import Statistics
import Tensor
import Tokenizer
import Training
import Transformer
import World

/// `{train}`: trains a tokenizer and a model of the Llama family on the world's documents, and writes them as a
/// Hugging Face directory.
///
/// The model that is committed beside the documents is the result: while its digest is the one that was recorded with
/// these settings, nothing is trained again.
package enum TrainCell: CellKind {
  package static let name = "train"
  package static let version = 1
  package static let summary =
    "Trains a tokenizer and a model of the Llama family on documents of the embedded world, and writes both."

  package static func writes(_ settings: TrainSettings) -> String? { settings.writes }

  package static func problems(_ settings: TrainSettings, in scope: CellScope) -> [Problem] {
    var problems: [Problem] = []
    if settings.writes.wholeMatch(of: /[a-z][a-z0-9.-]*/) == nil {
      problems.append(
        Problem(
          "“\(settings.writes)” cannot name a model", at: scope.location(of: "writes"),
          expected: "expected: lower-case letters, digits, dots and hyphens, beginning with a letter"))
    }
    do {
      _ = try settings.configuration()
      _ = try settings.world(seed: 0)
    } catch {
      problems.append(Problem("\(error)", at: scope.cell.location))
    }
    for (key, value) in [("steps", settings.steps), ("documents_per_step", settings.documentsPerStep)] where value < 1 {
      problems.append(Problem("\(key) is \(value)", at: scope.location(of: key), expected: "expected: at least 1"))
    }
    return problems
  }

  package static func kept(_ settings: TrainSettings, in scope: CellScope, key: CellKey) -> Results? {
    TrainedModel(directory: directory(settings, in: scope)).results(madeWith: key)
  }

  package static func work(_ settings: TrainSettings, in scope: CellScope) -> Work {
    // Forward, and twice that for the gradients.
    Work(tokens: settings.steps * settings.documentsPerStep * 65 * 3, bytes: 1 << 29)
  }

  package static func run(_ settings: TrainSettings, in context: CellContext) throws -> Results {
    let directory = directory(settings, in: context.scope)
    let world = try settings.world(seed: context.stream("world").bits(at: 0))
    let tokenizer = try trainTokenizer(settings, world: world)
    let batches = Batches(world: world, tokenizer: tokenizer, settings: settings)
    var configuration = try settings.configuration()
    configuration.endOfText = tokenizer.eosID.map { [$0] } ?? []
    let trainer = try Trainer(
      configuration: configuration, hyperparameters: settings.hyperparameters,
      seed: context.stream("weights").bits(at: 0))

    let checkpoint = context.scope.root
      .appending(path: ".palimpsest/training/\(context.key.digest.short)", directoryHint: .isDirectory)
    var curve = try LossCurve.resume(trainer, from: checkpoint)
    while trainer.step < settings.steps {
      let report = try trainer.step(try batches.batch(at: trainer.step))
      curve.add(report)
      if trainer.step % settings.checkpointEvery == 0 || trainer.step == settings.steps {
        try curve.save(trainer, to: checkpoint)
      }
      try context.progress(trainer.step, of: settings.steps)
    }

    try tokenizer.write(to: directory)
    try trainer.exportModel(to: directory, type: settings.storage.exportType)
    let results = curve.results(
      settings: settings, parameters: configuration.parameterCount, corpus: try Corpus(world, batches: batches))
    try TrainedModel(directory: directory).keep(results, madeWith: context.key)
    return results
  }

  private static func directory(_ settings: TrainSettings, in scope: CellScope) -> URL {
    scope.root.appending(path: "experiments/models/\(settings.writes)", directoryHint: .isDirectory)
  }

  /// A byte-level BPE over the texts of the first documents of both phases.
  private static func trainTokenizer(_ settings: TrainSettings, world: World) throws -> Tokenizer {
    var trainer = BytePairTrainer(vocabularySize: settings.vocabulary, specialTokens: SpecialTokens.all)
    trainer.settings = TokenizerSettings(
      endToken: "<eot>", paddingToken: "<pad>", chatTemplate: Document.chatTemplate)
    return try trainer.train(
      on: (0..<settings.tokenizerDocuments).map { try world.trainingDocument(at: $0, in: .full).text })
  }
}
