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
    let lines = Lines(text)
    subject = String(lines.subject)
    body = lines.body.map(String.init)
    trailers = lines.trailers.map { Trailer($0) }
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
}

extension CommitMessage {
  /// A message's parts as they stand in its text, nothing copied: a long history has many messages.
  public struct Lines: Sendable {
    /// What changed, in one line.
    public let subject: Substring
    /// The lines between subject and trailers.
    public let body: ArraySlice<Substring>
    /// The last paragraph, if each of its lines has the form of a trailer.
    public let trailers: [(key: Substring, value: Substring)]

    /// Reads a message.
    public init(_ text: String) {
      var lines = Self.lines(of: text)[...]
      func trim() {
        while lines.last?.isEmpty == true { lines.removeLast() }
      }
      trim()
      subject = lines.popFirst() ?? ""
      if let blank = lines.lastIndex(where: \.isEmpty), case let read = lines[(blank + 1)...].map(Self.trailer),
        read.allSatisfy({ $0 != nil })
      {
        trailers = read.compactMap { $0 }
        lines = lines[...blank]
      } else {
        trailers = []
      }
      trim()
      body = lines.drop(while: \.isEmpty)
    }

    /// Without their ends, line feeds or both.
    private static func lines(of text: String) -> [Substring] {
      var text = text
      text.makeContiguousUTF8()
      let ends = text.utf8.withContiguousStorageIfAvailable { bytes in
        bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }
      }
      var start = text.startIndex
      var lines = (ends ?? []).map { offset in
        let end = text.utf8.index(text.startIndex, offsetBy: offset)
        defer { start = text.utf8.index(after: end) }
        return text.utf8[start..<end]
      }
      lines.append(text.utf8[start...])
      return lines.map { Substring($0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0) }
    }

    /// Reads a line as a trailer; `nil` if it is none.
    private static func trailer(_ text: Substring) -> (key: Substring, value: Substring)? {
      let line = text.utf8
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
        case let rest = line[line.index(after: colon)...], rest.first == UInt8(ascii: " "),
        line[..<colon].allSatisfy(isOfKey)
      else { return nil }
      func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
      var value = rest.drop(while: isBlank)
      while let last = value.last, isBlank(last) { value.removeLast() }
      return (Substring(line[..<colon]), Substring(value))
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
}

extension CommitMessage.Trailer {
  /// One that was read, and needs no mending.
  fileprivate init(_ read: (key: Substring, value: Substring)) {
    (key, value) = (String(read.key), String(read.value))
  }
}
