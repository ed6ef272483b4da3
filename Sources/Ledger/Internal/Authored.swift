import CGit2
import Foundation

/// Who made a commit, when, and in which words: as git has them, read when they are asked for, since most of a long
/// history is passed over.
struct Authored: Hashable, Sendable {
  /// Seconds since 1970 by the author's clock, and that clock's minutes ahead of Greenwich.
  let time: git_time_t, offset: Int
  /// Name, address and message apart by NUL, and NUL for each line feed of the message: none of them can hold one.
  let written: [UInt8]

  private static let lineFeed = UInt8(ascii: "\n")

  init(time: git_time_t, offset: Int, written: [UInt8]) {
    (self.time, self.offset, self.written) = (time, offset, written)
  }

  /// Reads a commit.
  init(_ commit: OpaquePointer?) {
    let author = git_commit_author(commit)?.pointee
    time = author?.when.time ?? git_commit_time(commit)
    offset = Int(author?.when.offset ?? 0)
    var written: [UInt8] = []
    for text in [
      author?.name.map { UnsafePointer($0) }, author?.email.map { UnsafePointer($0) }, git_commit_message(commit),
    ] {
      if let text {
        UnsafeBufferPointer(start: text, count: strlen(text)).withMemoryRebound(to: UInt8.self) { written += $0 }
      }
      written.append(0)
    }
    for place in written.indices where written[place] == Self.lineFeed { written[place] = 0 }
    self.written = written.dropLast()
  }

  var name: String { String(decoding: parts[0], as: UTF8.self) }
  var address: String { String(decoding: parts[1], as: UTF8.self) }
  var message: String {
    let bytes = parts[2]
    return String(unsafeUninitializedCapacity: bytes.count) { text in
      for (place, byte) in bytes.enumerated() { text[place] = byte == 0 ? Self.lineFeed : byte }
      return bytes.count
    }
  }

  private var parts: [ArraySlice<UInt8>] {
    let parts = written.split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
    return parts.count == 3 ? parts : [[], [], written[...]]
  }
}
