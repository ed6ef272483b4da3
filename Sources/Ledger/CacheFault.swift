import Tensor

/// An entry of the cache that was found damaged, and removed so that its work is done again.
public struct CacheFault: Hashable, Sendable, CustomStringConvertible {
  /// How an entry was damaged.
  public enum Kind: Hashable, Sendable {
    /// The bytes are not those that were stored; `found` is their digest.
    case altered(found: Digest)
    /// An index entry is not one that this cache wrote.
    case unreadableIndex
    /// An index entry names bytes that are gone.
    case missing
    /// The system would not let the entry be read.
    case unreadable(reason: String)
  }

  /// The digest (of bytes) or key (of an index entry) that was asked for.
  public let digest: Digest
  /// Where the entry was.
  public let path: String
  /// What was wrong.
  public let kind: Kind

  /// What was found and what is done about it.
  public var description: String {
    let found =
      switch kind {
      case .altered(let other): "holds bytes with digest \(other.short) instead of \(digest.short)"
      case .unreadableIndex: "is not an index entry that was written here"
      case .missing: "names bytes that are no longer there"
      case .unreadable(let reason): "cannot be read (\(reason))"
      }
    return "the cache entry \(path) \(found); it is left out, and its work will be done again. "
      + "If this happens often, check the disk."
  }
}
