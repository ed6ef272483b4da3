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
    // By bytes, since a long history has many.
    let bytes = Array(text.utf8)
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
      line.last == UInt8(ascii: "\r") ? line.dropLast() : line
    }[...]
    func trim() {
      while lines.last?.isEmpty == true { lines.removeLast() }
    }
    trim()
    subject = lines.popFirst().map(Self.string) ?? ""
    if let blank = lines.lastIndex(where: \.isEmpty), case let read = lines[(blank + 1)...].map(Trailer.init),
      read.allSatisfy({ $0 != nil })
    {
      trailers = read.compactMap { $0 }
      lines = lines[...blank]
    } else {
      trailers = []
    }
    trim()
    body = lines.drop(while: \.isEmpty).map(Self.string)
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

  fileprivate static func string(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}

extension CommitMessage.Trailer {
  /// Reads a line of a message; `nil` if it is none.
  fileprivate init?(_ line: ArraySlice<UInt8>) {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
      line[(colon + 1)...].first == UInt8(ascii: " "), line[..<colon].allSatisfy(Self.isOfKey)
    else { return nil }
    func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    var value = line[(colon + 1)...].drop(while: isBlank)
    while let last = value.last, isBlank(last) { value.removeLast() }
    (key, self.value) = (CommitMessage.string(line[..<colon]), CommitMessage.string(value))
  }

  private static func isOfKey(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
