import Foundation
import Manuscript
import Tensor

/// One run of one experiment, whole: what goes to the ledger, and all that a report is made from.
///
/// A record holds nothing that may differ between equal runs (times and hosts stand in the commit's message), so an
/// equal run is an equal tree.
public struct Record: Hashable, Sendable {
  /// The experiment's name: its document's path below `experiments/`, without the extension.
  public var experiment: String
  /// The Markdown document, to the letter.
  public var document: String
  /// What the results are a function of.
  public var inputs: Inputs
  /// The cells that ran, in the document's order.
  public var cells: [Cell]
  /// The claims, in the document's order.
  public var claims: [Claim]
  /// How each model reads each data set that cells gave it, in the order in which cells name them.
  public var promptSets: [PromptSet]

  /// A value from its parts.
  public init(
    experiment: String, document: String, inputs: Inputs, cells: [Cell], claims: [Claim], promptSets: [PromptSet] = []
  ) {
    self.experiment = experiment
    self.document = document
    self.inputs = inputs
    self.cells = cells
    self.claims = claims
    self.promptSets = promptSets
  }

  /// Everything that the results are a function of, by digest.
  public struct Inputs: Codable, Hashable, Sendable {
    /// Something that was read, and what it was to the byte.
    public struct Source: Codable, Hashable, Sendable {
      /// What documents call it.
      public var name: String
      /// SHA-256 of its bytes.
      public var digest: Digest

      /// A value from its parts.
      public init(name: String, digest: Digest) {
        self.name = name
        self.digest = digest
      }
    }

    /// The digest of the document.
    public var document: Digest
    /// The models that cells worked on.
    public var models: [Source]
    /// The data that cells read.
    public var data: [Source]
    /// The cell kinds that ran, by name, with their versions.
    public var plugins: [String: Int]
    /// The version of the engine's arithmetic: two engines of one version give the same bits.
    public var engine: String
    /// The core type that the linear algebra of the statistics is pinned to.
    public var linearAlgebra: String
    /// Values that the command line set in place of the document's.
    public var overrides: [String: String]
    /// The seed of all randomness.
    public var seed: UInt64
    /// What documents may quote of the inputs, such as `model.layers`.
    public var facts: [String: Value]

    /// A value from its parts.
    public init(
      document: Digest, models: [Source], data: [Source], plugins: [String: Int], engine: String,
      linearAlgebra: String, overrides: [String: String], seed: UInt64, facts: [String: Value]
    ) {
      self.document = document
      self.models = models
      self.data = data
      self.plugins = plugins
      self.engine = engine
      self.linearAlgebra = linearAlgebra
      self.overrides = overrides
      self.seed = seed
      self.facts = facts
    }
  }

  /// One cell's outcome.
  public struct Cell: Codable, Hashable, Sendable {
    /// Its label.
    public var label: String
    /// The cell's kind.
    public var kind: String
    /// The digest of all that this cell's results depend on: equal keys, equal results.
    public var key: Digest
    /// What went wrong, if the cell failed; its results are then empty.
    public var failure: String?
    /// What it found.
    public var results: Results

    /// A value from its parts.
    public init(label: String, kind: String, key: Digest, failure: String? = nil, results: Results) {
      self.label = label
      self.kind = kind
      self.key = key
      self.failure = failure
      self.results = results
    }
  }

  /// A claim and how it came out.
  public struct Claim: Codable, Hashable, Sendable {
    /// Its label.
    public var label: String
    /// What is claimed, in words.
    public var says: String
    /// How it came out.
    public var verdict: Verdict
    /// Its conditions.
    public var expectations: [Expectation]

    /// A value from its parts.
    public init(label: String, says: String, verdict: Verdict, expectations: [Expectation]) {
      self.label = label
      self.says = says
      self.verdict = verdict
      self.expectations = expectations
    }
  }

  /// One of a claim's conditions.
  public struct Expectation: Codable, Hashable, Sendable {
    /// The condition as written.
    public var source: String
    /// How it came out.
    public var verdict: Verdict
    /// The values that it names, as they came out.
    public var values: [String: Value]

    /// A value from its parts.
    public init(source: String, verdict: Verdict, values: [String: Value]) {
      self.source = source
      self.verdict = verdict
      self.values = values
    }
  }

  /// A cell's outcome by its label.
  public func cell(_ label: String) -> Cell? {
    cells.first { $0.label == label }
  }

  /// The verdict of all claims together; `nil` where the document makes none.
  public var verdict: Verdict? {
    claims.isEmpty ? nil : Verdict.combined(claims.map(\.verdict))
  }

  /// The headline values of all cells, with their paths, in the document's order.
  public var headline: [(path: String, value: Value)] {
    cells.flatMap { cell in
      cell.results.headline.compactMap { name in
        cell.results[name.split(separator: ".").map(String.init)].map { ("\(cell.label).\(name)", $0) }
      }
    }
  }
}

/// A record as the files that the ledger keeps.
extension Record {
  /// The part of a record that says how the run ended.
  private struct Status: Codable {
    /// The labels in the document's order, which the tree's names do not keep.
    var cells: [String]
    var failures: [String: String]
    var claims: [Claim]
  }

  /// The record's files by path below the experiment's folder.
  ///
  /// - Parameter draw: makes the SVG of a figure.
  /// - Throws: `EncodingError` if a result cannot be written as JSON.
  public func files(drawing draw: (Figure) -> String) throws -> [String: Data] {
    var files = [
      "experiment.md": Data(document.utf8),
      "inputs.json": try CanonicalJSON.encode(inputs),
      "prompts.json": try CanonicalJSON.encode(promptSets),
      "status.json": try CanonicalJSON.encode(
        Status(
          cells: cells.map(\.label),
          failures: Dictionary(cells.compactMap { cell in cell.failure.map { (cell.label, $0) } }) { first, _ in first
          },
          claims: claims)),
    ]
    for cell in cells {
      files["results/\(cell.label).json"] = try CanonicalJSON.encode(cell)
      for table in cell.results.tables {
        files["tables/\(Self.stem(cell.label, table.name)).csv"] = Data(table.csv.utf8)
      }
      for figure in cell.results.figures {
        files["figures/\(Self.stem(cell.label, figure.name)).svg"] = Data(draw(figure).utf8)
      }
    }
    return files
  }

  /// Reads a record back from the ledger's files; the tables and figures are made from the results again.
  ///
  /// - Throws: `RecordError` if a file is missing, `DecodingError` if one is not what a record holds.
  public init(experiment: String, files: [String: Data]) throws {
    func file(_ path: String) throws -> Data {
      guard let data = files[path] else { throw RecordError(experiment: experiment, missing: path) }
      return data
    }
    let status = try CanonicalJSON.decode(Status.self, from: try file("status.json"))
    self.init(
      experiment: experiment,
      document: String(decoding: try file("experiment.md"), as: UTF8.self),
      inputs: try CanonicalJSON.decode(Inputs.self, from: try file("inputs.json")),
      cells: try status.cells.map { try CanonicalJSON.decode(Cell.self, from: try file("results/\($0).json")) },
      claims: status.claims,
      // Records from before there were any have none.
      promptSets: try files["prompts.json"].map { try CanonicalJSON.decode([PromptSet].self, from: $0) } ?? [])
  }

  /// The name of a cell's figure or table: the cell's label, and its own name behind a dot.
  public static func stem(_ label: String, _ name: String) -> String {
    name.isEmpty ? label : "\(label).\(name)"
  }
}

/// A record in the ledger that lacks a file.
public struct RecordError: Error, CustomStringConvertible {
  /// The experiment whose record it is.
  public var experiment: String
  /// The file that is not there.
  public var missing: String

  /// What was found, what was expected, where, and what to do.
  public var description: String {
    "the record of \(experiment) has no \(missing): it was not written by this version of Palimpsest, or was edited; "
      + "run the experiment again to write a whole one"
  }
}
