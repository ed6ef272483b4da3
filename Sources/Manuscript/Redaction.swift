/// What a document keeps out of records and reports, by the names that `redact` in the front matter takes.
public enum Redaction: String, CaseIterable, Hashable, Sendable {
  /// What the model said: its length and digest stand in its place, so that a run can still be compared with another.
  case completions
}
