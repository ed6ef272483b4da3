/// One thing that is wrong in a document: where, what, and what to do about it.
///
/// ```
/// experiments/x.md:12:3: error: unknown key “metod” in {probe}; did you mean “method”?
///   allowed: group, label, method
/// ```
public struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
  /// Where it is.
  public let location: SourceLocation
  /// What was found, or what is wrong, in one clause without a full stop.
  public let message: String
  /// A second line that names what would be right: `allowed: a, b` or `expected: a list of names`.
  public let expected: String?
  /// What to do next, often the nearest known name: `did you mean “method”?`.
  public let help: String?

  /// Makes a problem; see the properties for how each part reads.
  public init(_ message: String, at location: SourceLocation, expected: String? = nil, help: String? = nil) {
    self.location = location
    self.message = message
    self.expected = expected
    self.help = help
  }

  /// The message in the form that compilers use, with the expectation on a second line.
  public var description: String {
    var text = "\(location): error: \(message)"
    if let help { text += "; \(help)" }
    if let expected { text += "\n  \(expected)" }
    return text
  }

  /// The problem of a name that is not among those allowed, with the nearest of them as help.
  ///
  /// - Parameters:
  ///   - name: The name that was found.
  ///   - kind: What it names: `key`, `label`, `parameter`.
  ///   - place: Where it was looked up, with its preposition: `in {probe}`; empty to leave it out.
  ///   - allowed: Every name that would be right.
  ///   - location: Where the name stands.
  public static func unknown(
    _ name: String, kind: String, in place: String = "", allowed: some Sequence<String>, at location: SourceLocation
  ) -> Problem {
    let allowed = Set(allowed).sorted()
    return Problem(
      "unknown \(kind) “\(name)”" + (place.isEmpty ? "" : " \(place)"),
      at: location,
      expected: allowed.isEmpty ? nil : "allowed: " + allowed.joined(separator: ", "),
      help: nearest(name, among: allowed).map { "did you mean “\($0)”?" })
  }
}
