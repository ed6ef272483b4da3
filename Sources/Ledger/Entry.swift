import Foundation

/// One commit of a ledger, as `palimpsest log` shows it.
public struct Entry: Hashable, Sendable {
  /// The commit's name.
  public let commit: CommitID
  /// Author, time and message.
  let authored: Authored
  /// The commits it builds on: none for the first; some may be absent in a shallow clone.
  public let parents: [CommitID]
  /// The experiments whose records differ from each parent's (all of them, if there is none here), sorted.
  public let experiments: [String]
  /// The experiments whose registered claims differ from each parent's, sorted.
  public let registered: [String]

  /// When it was made, by its author's clock.
  public var date: Date { Date(timeIntervalSince1970: TimeInterval(authored.time)) }
  /// The author's offset from Greenwich at that time, in minutes.
  public var offset: Int { authored.offset }
  /// The author.
  public var author: String { authored.name }
  /// The author's address.
  public var email: String { authored.address }
  /// The message as git has it.
  var text: String { authored.message }
  /// Subject, body and trailers as they stand in the message.
  public var lines: CommitMessage.Lines { CommitMessage.Lines(text) }
  /// Subject, body and trailers.
  public var message: CommitMessage { CommitMessage(parsing: text) }
  /// The message's first line.
  public var subject: String {
    let text = text
    let line = text.utf8.prefix { $0 != UInt8(ascii: "\n") }
    return String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
  }
  /// The message's lines between subject and trailers.
  public var body: [String] { message.body }
  /// The message's last paragraph.
  public var trailers: [CommitMessage.Trailer] { message.trailers }
}
