import CGit2
import Foundation
import Tensor

/// What each commit changed, kept beside the repository's objects, so that a long history is walked without reading it.
///
/// A line is a function of its commit's name alone, so it never goes stale: the file may be deleted, or lack commits, at
/// any time. One that is not whole by its own sum counts as absent.
struct HistoryIndex {
  /// What is known of a commit.
  struct Node {
    let time: git_time_t
    let parents: [String]
    /// The experiments whose records differ from each parent's, and those whose registered claims do.
    let records, registered: [String]
  }

  private let file: URL
  /// The file's lines, in the order of the commits' names; each is read when it is asked for.
  private let bytes: [UInt8]
  private let lines: [Range<Int>]
  private var added: [String: Node] = [:]

  /// More commits than these are worth a new file.
  private static let patience = 64
  private static let form = "palimpsest history 1"
  private static let lineFeed = UInt8(ascii: "\n")

  /// Reads the file, if there is one.
  init(of repository: Repository) {
    file = repository.commonDirectory.appending(path: "palimpsest/history")
    (bytes, lines) = (try? Data(contentsOf: file)).flatMap(Self.whole) ?? ([], [])
  }

  /// What is known of a commit; `nil` if nothing is.
  subscript(commit: String) -> Node? { added[commit] ?? line(of: commit).flatMap { Self.node(bytes[$0]) } }

  /// Takes in a commit that was read.
  mutating func add(_ node: Node, at commit: String) { added[commit] = node }

  /// Writes the file anew if enough was added. That it cannot be written costs time, and nothing else.
  func keep() {
    guard added.count > Self.patience else { return }
    var all = added.map { commit, node in
      (
        commit,
        "\(commit)\t\(node.time)\t\(node.parents.joined(separator: "/"))\t"
          + "\(node.records.joined(separator: "/"))\t\(node.registered.joined(separator: "/"))\n"
      )
    }
    all += lines.map { (Self.string(bytes[$0].prefix(Self.name)), Self.string(bytes[$0]) + "\n") }
      .filter { added[$0.0] == nil }
    var text = Self.form + "\n" + all.sorted { $0.0 < $1.0 }.map(\.1).joined()
    text += Digest(of: text).hex + "\n"
    try? AtomicFile.write(Data(text.utf8), to: file)
  }

  /// The bytes and lines of a file that is whole by its own sum.
  private static func whole(_ data: Data) -> ([UInt8], [Range<Int>])? {
    let sum = data.suffix(65)
    guard data.count > 65, sum.last == lineFeed,
      Digest(of: data.dropLast(65)).hex == string(Array(sum.dropLast())[...])
    else { return nil }
    let bytes = Array(data.dropLast(65))
    var lines: [Range<Int>] = []
    lines.reserveCapacity(bytes.count / 64)
    var start = 0
    for (place, byte) in bytes.enumerated() where byte == lineFeed {
      lines.append(start..<place)
      start = place + 1
    }
    guard lines.dropFirst().allSatisfy({ $0.count > name }), let first = lines.first, string(bytes[first]) == form
    else { return nil }
    return (bytes, Array(lines.dropFirst()))
  }

  /// The digits of a commit's name.
  private static let name = 40

  private func line(of commit: String) -> Range<Int>? {
    var commit = commit
    return commit.withUTF8 { wanted in
      guard wanted.count == Self.name, let wanted = wanted.baseAddress else { return nil }
      return bytes.withUnsafeBufferPointer { bytes in
        var (low, high) = (0, lines.count)
        while low < high, let start = bytes.baseAddress {
          let middle = (low + high) / 2
          // The shortest line is longer than a name.
          let order = memcmp(start + lines[middle].lowerBound, wanted, Self.name)
          if order == 0 { return lines[middle] }
          if order < 0 { low = middle + 1 } else { high = middle }
        }
        return nil
      }
    }
  }

  private static func node(_ line: ArraySlice<UInt8>) -> Node? {
    let fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
    guard fields.count == 5, let time = git_time_t(string(fields[1])) else { return nil }
    return Node(time: time, parents: names(fields[2]), records: names(fields[3]), registered: names(fields[4]))
  }

  private static func names(_ bytes: ArraySlice<UInt8>) -> [String] {
    bytes.split(separator: UInt8(ascii: "/")).map(string)
  }

  private static func string(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}
