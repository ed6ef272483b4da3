import Foundation

/// What a record says about itself: a subject, a body, and trailers that machines can read.
///
/// Whatever may differ between equal runs (times, hosts) belongs here and never in the files, so that an equal run
/// gives an equal tree.
public struct CommitMessage: Hashable, Sendable {
  /// One `Key: value` line at the end of a message, as `git interpret-trailers` reads it.
  public struct Trailer: Hashable, Sendable {
    /// Letters, digits and hyphens.
    public var key: String
    /// One line.
    public var value: String

    /// A trailer. Characters that a key cannot hold become hyphens; a value's line breaks become spaces.
    public init(_ key: String, _ value: String) {
      self.key = String(key.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
      self.value = CommitMessage.oneLine(value)
    }
  }

  /// What changed, in one line.
  public var subject: String
  /// The lines between subject and trailers.
  public var body: [String]
  /// The last paragraph, in order.
  public var trailers: [Trailer]

  /// A message from its parts.
  public init(subject: String, body: [String] = [], trailers: [Trailer] = []) {
    self.subject = subject
    self.body = body
    self.trailers = trailers
  }

  /// Reads a message back: the last paragraph is trailers if each of its lines has their form.
  public init(parsing text: String) {
    var lines = text.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init)
    while lines.last?.isEmpty == true { lines.removeLast() }
    subject = lines.isEmpty ? "" : lines.removeFirst()
    let lastParagraph = (lines.lastIndex(of: "") ?? -1) + 1
    let read = lines[lastParagraph...].map(Self.trailer)
    if lastParagraph > 0, !read.isEmpty, read.allSatisfy({ $0 != nil }) {
      trailers = read.compactMap { $0 }
      lines.removeSubrange(lastParagraph...)
    } else {
      trailers = []
    }
    while lines.last?.isEmpty == true { lines.removeLast() }
    while lines.first?.isEmpty == true { lines.removeFirst() }
    body = lines
  }

  /// The value of the first trailer with this key.
  public subscript(key: String) -> String? {
    trailers.first { $0.key == key }?.value
  }

  /// The message as git stores it: paragraphs apart, one line feed at the end.
  public var text: String {
    var paragraphs = [Self.oneLine(subject)]
    if !body.isEmpty { paragraphs.append(body.joined(separator: "\n")) }
    if !trailers.isEmpty {
      paragraphs.append(trailers.map { "\($0.key): \($0.value)" }.joined(separator: "\n"))
    }
    // A commit object ends at a NUL byte for most readers, so none may get in.
    return (paragraphs.joined(separator: "\n\n") + "\n").replacing("\0", with: "")
  }

  private static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: " ").trimmingCharacters(in: .whitespaces)
  }

  private static func trailer(_ line: String) -> Trailer? {
    guard let colon = line.firstIndex(of: ":"), colon > line.startIndex, line[colon...].hasPrefix(": "),
      line[..<colon].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") })
    else { return nil }
    return Trailer(String(line[..<colon]), String(line[line.index(colon, offsetBy: 2)...]))
  }
}
