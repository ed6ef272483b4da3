import Experiment
import Foundation
import Ledger
import Manuscript

extension Project {
  /// What became of registering an experiment's claims.
  public struct Registered: Sendable {
    /// The experiment.
    public let experiment: String
    /// How many claims it makes.
    public let claims: Int
    /// The commit that holds them as they are worded now.
    public let recorded: Recorded
  }

  /// Commits the documents' claims without running anything, so that everybody can tell that they came first.
  ///
  /// - Returns: an entry for each document that makes claims.
  /// - Throws: `Problems` if a document is wrong, `ProjectError.noClaims` if none makes any; `LedgerError`.
  public func register(_ paths: [String] = [], sign: Bool = false) throws -> [Registered] {
    let ledger = try ledger()
    let signer = sign ? try ledger.repository.signer() : nil
    let experiments = try sources(paths).map { try experiment($0) }.filter { !$0.document.claims.isEmpty }
    guard !experiments.isEmpty else { throw ProjectError.noClaims }
    let source = try? ledger.repository.sourceState(untrackedIn: [root.appending(path: "experiments")])
    return try experiments.map { experiment in
      let claims = experiment.document.claims.map(RegisteredClaim.init)
      let trailers = [source?.commit.map { CommitMessage.Trailer("Source-Commit", $0.hex) }]
      let recorded = try ledger.register(
        experiment: experiment.name,
        files: [
          "claims.json": try CanonicalJSON.encode(claims), "experiment.md": Data(experiment.document.source.utf8),
        ],
        message: CommitMessage(
          subject: "\(experiment.name): registered \(claims.count) claim\(claims.count == 1 ? "" : "s")",
          body: claims.map { "\($0.label): \($0.says.split(whereSeparator: \.isNewline).joined(separator: " "))" },
          trailers: trailers.compactMap { $0 }), signer: signer)
      return Registered(experiment: experiment.name, claims: claims.count, recorded: recorded)
    }
  }
}
