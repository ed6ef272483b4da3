import ArgumentParser
import Foundation
import Project

/// What a shell offers for an argument. Outside of a project there is nothing to offer, which is no mistake.
extension CompletionKind {
  /// The experiments that have a document or results.
  static var experiments: CompletionKind {
    .custom { _, _, _ in (try? Project.current().completions.experiments) ?? [] }
  }

  /// Branches, tags, and the newest commits of results.
  static var revisions: CompletionKind {
    .custom { _, _, prefix in (try? Project.current().revisions(completing: prefix)) ?? [] }
  }

  /// The remotes of the repository.
  static var remotes: CompletionKind {
    .custom { _, _, _ in (try? Project.current().completions.remotes) ?? [] }
  }
}
