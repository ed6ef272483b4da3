import Foundation
import Ledger

extension Project {
  /// What a shell may offer.
  public struct Completions: Sendable {
    /// Experiments with a document or a record.
    public let experiments: [String]
    /// Remotes of the repository.
    public let remotes: [String]
  }

  /// What a shell may offer here; empty where there is nothing.
  public var completions: Completions {
    let documents = (try? sources().map(\.name)) ?? []
    let recorded = (try? ledger().experiments()) ?? []
    let remotes = (try? ledger().repository.remotes()) ?? []
    return Completions(experiments: Set(documents + recorded).sorted(), remotes: remotes)
  }

  /// Branches, tags and the newest commits of results that begin with a prefix; behind `A..` it is B that is completed.
  public func revisions(completing prefix: String) -> [String] {
    guard let ledger = try? ledger() else { return [] }
    let lead = prefix.range(of: "..").map { String(prefix[..<$0.upperBound]) } ?? ""
    let names = (try? ledger.repository.branchesAndTags()) ?? []
    let newest = (try? ledger.history(limit: 20, registrations: false)) ?? []
    let relative = newest.indices.dropFirst().prefix(9).map { "\(ledger.branch)~\($0)" }
    return (names + relative + newest.map(\.commit.short)).map { lead + $0 }.filter { $0.hasPrefix(prefix) }
  }
}
