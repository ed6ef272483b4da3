import CGit2
import Foundation
import Tensor

/// What each commit says and changed, kept beside the repository's objects, so that a long history is read without them.
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
    let authored: Authored
  }

  private let file: URL
  /// The file's lines, in the order of the commits' names; each is read when it is asked for.
  private let bytes: [UInt8]
  private let lines: [Range<Int>]
  private var added: [String: Node] = [:]

  /// More commits than these are worth a new file.
  private static let patience = 64
  private static let form = "palimpsest history 2\n"
  private static let lineFeed = UInt8(ascii: "\n")
  private static let tab = UInt8(ascii: "\t")

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
    var all = added.map { ($0, Self.line($0, $1)[...]) }
    all += lines.map { (Self.string(bytes[$0].prefix(Self.name)), bytes[$0.lowerBound...$0.upperBound]) }
      .filter { added[$0.0] == nil }
    var data = Data(Self.form.utf8)
    for (_, line) in all.sorted(by: { $0.0 < $1.0 }) { data += line }
    data += Data((Digest(of: data).hex + "\n").utf8)
    try? AtomicFile.write(data, to: file)
  }

  /// The bytes and lines of a file that is whole by its own sum.
  private static func whole(_ data: Data) -> ([UInt8], [Range<Int>])? {
    let sum = data.suffix(65)
    guard data.count > 65, sum.last == lineFeed, data.starts(with: form.utf8),
      Digest(of: data.dropLast(65)).hex == string(Array(sum.dropLast())[...])
    else { return nil }
    let bytes = Array(data.dropLast(65))
    var lines: [Range<Int>] = []
    var start = form.utf8.count
    bytes.withUnsafeBytes { all in
      while start < all.count, let rest = all.baseAddress.map({ $0 + start }),
        let end = memchr(rest, Int32(lineFeed), all.count - start)
      {
        lines.append(start..<(start + (end - UnsafeMutableRawPointer(mutating: rest))))
        start = lines[lines.count - 1].upperBound + 1
      }
    }
    return lines.allSatisfy { $0.count > name } && start == bytes.count ? (bytes, lines) : nil
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

  /// A commit's line: fields between tabs, and last what its author wrote, whose line feeds are NUL here.
  private static func line(_ commit: String, _ node: Node) -> [UInt8] {
    let (lists, authored) = ([node.parents, node.records, node.registered], node.authored)
    let fields =
      [commit, "\(node.time)"] + lists.map { $0.joined(separator: "/") }
      + ["\(authored.time)", "\(authored.offset)"]
    var line = Array(fields.joined(separator: "\t").utf8)
    line.append(tab)
    for byte in authored.written { line.append(byte == lineFeed ? 0 : byte) }
    line.append(lineFeed)
    return line
  }

  private static func node(_ line: ArraySlice<UInt8>) -> Node? {
    let fields = line.split(separator: tab, maxSplits: 7, omittingEmptySubsequences: false)
    guard fields.count == 8, let time = git_time_t(string(fields[1])), let authored = Int64(string(fields[5])),
      let offset = Int(string(fields[6]))
    else { return nil }
    return Node(
      time: time, parents: names(fields[2]), records: names(fields[3]), registered: names(fields[4]),
      authored: Authored(time: authored, offset: offset, written: fields[7]))
  }

  private static func names(_ bytes: ArraySlice<UInt8>) -> [String] {
    bytes.isEmpty ? [] : bytes.split(separator: UInt8(ascii: "/")).map(string)
  }

  private static func string(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}
