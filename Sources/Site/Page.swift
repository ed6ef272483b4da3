import Experiment
import Foundation
import Manuscript
import Tensor

/// An experiment as the site shows it: its newest record, where git keeps it, and the records before.
public struct Page: Sendable {
  /// The newest record.
  public var record: Record
  /// The commit that holds the record, in full; `nil` if it is not committed.
  public var commit: String?
  /// When it was recorded.
  public var date: Date?
  /// What the commit's message says of the run: source commit, time, host.
  public var trailers: [String: String]
  /// Every record of the experiment, newest first, this one among them.
  public var history: [Past]
  /// Where each claim stands: made before its results were seen, or after.
  public var registrations: [Registration] = []
  /// Cells that ran and stand in the document no more.
  public var withdrawn: [Withdrawn] = []
  /// What was measured while the record was made, by the cell's label: no part of the record.
  public var observations: [String: [Observation]] = [:]
  /// How many cells, told apart by label, have ever had a result; `nil` if that is not known.
  public var everRun: Int?
  /// The first record whose document has the prose that it has now; `nil` if that is this record, or not known.
  ///
  /// Where a cell has another key by now, it was run again and nobody edited the words around its values.
  public var asWritten: Record?

  /// An experiment's newest record, with what the ledger knows of it.
  public init(
    record: Record, commit: String? = nil, date: Date? = nil, trailers: [String: String] = [:], history: [Past] = []
  ) {
    self.record = record
    self.commit = commit
    self.date = date
    self.trailers = trailers
    self.history = history
  }

  /// One record of the past, as far as a history shows it.
  public struct Past: Sendable {
    /// The commit that holds it, in full.
    public var commit: String
    /// When it was recorded.
    public var date: Date
    /// The commit's first line.
    public var subject: String
    /// The verdict of all its claims together; `nil` if it made none.
    public var verdict: Verdict?
    /// The headline values with their paths, in order of importance.
    public var headline: [(path: String, value: Value)]
    /// The digest of its document's prose; `nil` if that is not known.
    public var prose: Digest?
    /// The inputs that are not those of the record before; `nil` if there is none before, or that is not known.
    public var inputs: [RecordComparison.Change]?

    /// One record of the past.
    public init(
      commit: String, date: Date, subject: String, verdict: Verdict?, headline: [(path: String, value: Value)],
      prose: Digest? = nil, inputs: [RecordComparison.Change]? = nil
    ) {
      self.commit = commit
      self.date = date
      self.subject = subject
      self.verdict = verdict
      self.headline = headline
      self.prose = prose
      self.inputs = inputs
    }
  }
}
