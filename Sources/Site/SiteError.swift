/// What can keep a report from being written, besides the file system.
public enum SiteError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A template that is not Mustache.
  case badTemplate(path: String, reason: String)
  /// A file of the theme that cannot be read as text.
  case unreadable(path: String)
  /// An experiment whose name is no path below the report's folder.
  case badName(String)

  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .badTemplate(let path, let reason):
      "the template \(path) is not valid Mustache: \(reason); mend it, or delete it to use the built-in one"
    case .unreadable(let path):
      "\(path) cannot be read as UTF-8 text; mend it, or delete it to use the built-in one"
    case .badName(let name):
      "“\(name)” cannot name a page; expected a path such as “harmfulness” or “drafts/harmfulness”, "
        + "without empty parts, “.” and “..”; rename the document and run it again"
    }
  }
}
