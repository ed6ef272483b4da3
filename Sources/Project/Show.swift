import Experiment
import Foundation
import Ledger
import Manuscript
import Tensor

extension Project {
  /// A record as `palimpsest show` tells it.
  public struct Shown: Encodable, Sendable {
    /// A name and what it stands for.
    public struct Fact: Encodable, Sendable {
      /// What it is called.
      public let name: String
      /// What it is.
      public let value: String
    }

    /// A cell without its results.
    public struct CellLine: Encodable, Sendable {
      /// The cell's or claim's label.
      public let label: String
      /// The cell's kind.
      public let kind: String
      /// The digest of all that its results depend on.
      public let key: Digest
      /// What went wrong, if it failed.
      public let failure: String?
    }

    /// A claim with where it stands.
    public struct ClaimLine: Encodable, Sendable {
      /// The cell's or claim's label.
      public let label: String
      /// What is claimed, in words.
      public let says: String
      /// How it came out; `nil` without claims.
      public let verdict: Verdict
      /// Its conditions.
      public let expectations: [Record.Expectation]
      /// Whether it was made before its results.
      public let registration: Registration?
    }

    /// A value with its path.
    public struct Named: Encodable, Sendable {
      /// The path that claims use.
      public let path: String
      /// What it is.
      public let value: Value
    }

    /// A cell that was dropped.
    public struct WithdrawnLine: Encodable, Sendable {
      /// The cell's or claim's label.
      public let label: String
      /// The cell's kind.
      public let kind: String
      /// The commit that recorded it, in full.
      public let commit: String
      /// Its last headline values.
      public let headline: [Named]
    }

    /// The experiment.
    public let experiment: String
    /// The commit that recorded it, in full.
    public let commit: String
    /// What the commit says of the run.
    public let provenance: [Fact]
    /// What the results are a function of.
    public let inputs: [Fact]
    /// The cells, in the order of the document.
    public let cells: [CellLine]
    /// The claims, in the order of the document.
    public let claims: [ClaimLine]
    /// The values, by path.
    public let values: [Named]
    /// The cells that were dropped after they had run.
    public let withdrawn: [WithdrawnLine]
    /// What the work tree held beyond its commit, as a patch.
    public let difference: Data?

    private enum CodingKeys: CodingKey {
      case experiment, commit, provenance, inputs, cells, claims, values, withdrawn
    }
  }

  /// All that is known of a record.
  ///
  /// - Throws: `LedgerError`, `RecordError`.
  public func shown(_ recalled: Recalled) throws -> Shown {
    let (ledger, record, entry) = (try ledger(), recalled.record, recalled.entry)
    let trail = try trail(of: record.experiment, at: recalled.commit)
    let registrations = Dictionary(trail.registrations.map { ($0.label, $0) }) { first, _ in first }
    return Shown(
      experiment: record.experiment, commit: entry.commit.hex, provenance: Self.provenance(of: entry),
      inputs: Self.inputs(of: record),
      cells: record.cells.map { .init(label: $0.label, kind: $0.kind, key: $0.key, failure: $0.failure) },
      claims: record.claims.map {
        .init(
          label: $0.label, says: $0.says, verdict: $0.verdict, expectations: $0.expectations,
          registration: registrations[$0.label])
      },
      values: record.cells.flatMap { cell in
        Value.group(cell.results.values).leaves().map { .init(path: "\(cell.label).\($0.path)", value: $0.value) }
      },
      withdrawn: trail.withdrawn.map { cell in
        .init(
          label: cell.label, kind: cell.kind, commit: cell.commit,
          headline: cell.headline.map { .init(path: $0.path, value: $0.value) })
      },
      difference: try ledger.sourceDifference(of: record.experiment, at: entry.commit))
  }

  private static func provenance(of entry: Entry) -> [Shown.Fact] {
    [
      .init(name: "commit", value: entry.commit.hex), .init(name: "date", value: entry.date.ISO8601Format()),
      .init(name: "author", value: "\(entry.author) <\(entry.email)>"),
    ] + entry.trailers.filter { $0.key != "Claim" }.map { .init(name: $0.key, value: $0.value) }
  }

  private static func inputs(of record: Record) -> [Shown.Fact] {
    let inputs = record.inputs
    return [.init(name: "document", value: inputs.document.hex)]
      + inputs.models.map { .init(name: "model \($0.name)", value: $0.digest.hex) }
      + inputs.data.map { .init(name: "data \($0.name)", value: $0.digest.hex) }
      + inputs.plugins.sorted { $0.key < $1.key }.map {
        .init(name: "cell kind \($0.key)", value: "version \($0.value)")
      }
      + [
        .init(name: "engine", value: inputs.engine), .init(name: "linear algebra", value: inputs.linearAlgebra),
        .init(name: "seed", value: "\(inputs.seed)"),
      ] + inputs.overrides.sorted { $0.key < $1.key }.map { .init(name: "set \($0.key)", value: $0.value) }
  }
}
