import Experiment
import Manuscript
import Statistics
import Tensor
import Transformer

/// `{patch}`: activation patching over layers, positions, heads and neurons of paired prompts (Heimersheim and Nanda 2024,
/// 2404.15255), and path patching.
///
/// One run's activation is put into the other at one place at a time. The effect is normalised: 0 leaves the run as it
/// was, 1 makes it like the other. Patching a run into itself is tried too, and must change nothing, to the bit.
package enum PatchCell: CellKind {
  package static let name = "patch"
  package static let version = 4
  package static let summary = "Patches activations between paired prompts, one place at a time, or one path."

  package static func problems(_ settings: PatchSettings, in scope: CellScope) -> [Problem] {
    var problems = [
      scope.missing(column: settings.target, setting: "target"), scope.missing(column: settings.pair, setting: "pair"),
    ].compactMap { $0 }
    problems += scope.problems(of: settings.rows, setting: "rows")
    problems += scope.problems(of: settings.layers, setting: "layers")
    problems += scope.problems(of: settings.positions, setting: "positions")
    problems += PatchMetric.problems(settings, in: scope)
    problems += PatchAxes.problems(settings, in: scope)
    problems += PathPatching.problems(settings, in: scope)
    problems += AttributionPatching.problems(settings, in: scope)
    return problems + PromptPairs.problems(unaligned: settings, in: scope)
  }

  package static func work(_ settings: PatchSettings, in scope: CellScope) -> Work {
    guard let subject = scope.subject else { return Work() }
    let configuration = subject.model.configuration
    let layers = settings.layers.resolved(count: configuration.layers)
    let shape = settings.site.hook.shape(in: configuration)
    let parts = settings.heads?.resolved(count: shape[0]).count ?? max(1, settings.neurons.count)
    var work = scope.work(settings.rows)
    work.sweeps = true
    let site = settings.site.hook
    let floats = site.isPairwise ? shape[0] * work.longest : site.width(in: configuration)
    work.bytes += work.tokens * layers.count * floats * MemoryLayout<Float>.stride
    let places = scope.count(of: settings.positions) * parts
    if let receiver = settings.receiver.flatMap({ try? HookPoint($0) }) {
      // What the receiver has is kept for every place.
      work.bytes +=
        work.tokens / 2 * places * layers.count * receiver.site.width(in: configuration) * MemoryLayout<Float>.stride
    }
    if settings.method == .attribution {
      // There and back, with gradients as large as the activations, and a sample of places.
      work.bytes += work.tokens * (layers.count * floats * MemoryLayout<Float>.stride)
      let sampled = max(settings.checked, places * layers.count / 50)
      work.tokens += work.tokens * 3 / 2 + work.tokens / 2 * sampled
      return work
    }
    // A cell runs from its layer on: what lies before is reused.
    let blocks = layers.reduce(0) { $0 + configuration.layers - (settings.span == .single ? $1 : 0) }
    work.tokens += work.tokens / 2 * blocks / configuration.layers * places * (settings.receiver == nil ? 1 : 2)
    return work
  }

  package static func run(_ settings: PatchSettings, in context: CellContext) throws -> Results {
    try PatchRun(settings, in: context).results()
  }
}

/// Patching a run into itself changed it: the engine's promise is broken, and no effect can be believed.
struct NoOpChanged: Error, CustomStringConvertible {
  var description: String {
    "patching a run into itself changed its scores; it must leave every bit as it was: please report this"
  }
}
