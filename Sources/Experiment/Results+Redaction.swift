import Manuscript
import Tensor

extension Results {
  /// The results without what a document keeps to itself.
  ///
  /// Everything that a model said stands in galleries (see ``Gallery``), so this one place covers every kind of cell. The
  /// prompts, which are data, and the labels stay.
  public func redacting(_ redactions: Set<Redaction>) -> Results {
    guard redactions.contains(.completions) else { return self }
    var results = self
    for gallery in results.galleries.indices {
      for entry in results.galleries[gallery].entries.indices {
        for response in results.galleries[gallery].entries[entry].responses.indices {
          results.galleries[gallery].entries[entry].responses[response].redact()
        }
      }
    }
    return results
  }
}

extension Gallery.Response {
  /// Puts the text's length, in characters, and its SHA-256 in its place.
  mutating func redact() {
    text = "[redacted, \(text.count) character\(text.count == 1 ? "" : "s"), SHA-256 \(Digest(of: text).hex)]"
  }
}
