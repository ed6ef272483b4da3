import Experiment
import Statistics
import Tensor

/// Gathers what a run reads, for its record.
struct InputList {
  private var models: [String: Subject] = [:]
  private var data: [String: Digest] = [:]
  private var plugins: [String: Int] = [:]

  mutating func add(_ cell: PreparedCell, scope: CellScope) {
    if let subject = scope.subject { models[subject.name] = subject }
    if let dataset = scope.data { data[dataset.name] = dataset.digest }
    plugins[cell.cell.kind] = cell.version
  }

  func recorded(for experiment: Experiment) -> Record.Inputs {
    var facts: [String: Value] = [:]
    if let name = experiment.model?.name, let subject = models[name] {
      let configuration = subject.model.configuration
      facts["model"] = .group([
        "name": .text(name), "layers": .integer(configuration.layers), "width": .integer(configuration.width),
        "heads": .integer(configuration.heads), "vocabulary": .integer(configuration.vocabularySize),
        "parameters": .integer(configuration.parameterCount),
      ])
    }
    return Record.Inputs(
      document: Digest(of: experiment.document.source),
      models: models.keys.sorted().compactMap { name in
        models[name].map { Record.Inputs.Source(name: name, digest: $0.digest) }
      },
      data: data.keys.sorted().compactMap { name in data[name].map { Record.Inputs.Source(name: name, digest: $0) } },
      plugins: plugins, engine: Engine.version, linearAlgebra: BLAS.coreType,
      overrides: experiment.overrides, seed: experiment.document.frontMatter.seed, facts: facts)
  }
}
