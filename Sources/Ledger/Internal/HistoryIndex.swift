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
  private var nodes: [String: Node]
  private var added = 0

  /// More commits than these are worth a new file.
  private static let patience = 64
  private static let form = "palimpsest history 1"

  /// Reads the file, if there is one.
  init(of repository: Repository) {
    file = repository.commonDirectory.appending(path: "palimpsest/history")
    nodes = (try? Data(contentsOf: file)).flatMap(Self.read) ?? [:]
  }

  subscript(commit: String) -> Node? { nodes[commit] }

  /// Takes in a commit that was read.
  mutating func add(_ node: Node, at commit: String) {
    nodes[commit] = node
    added += 1
  }

  /// Writes the file anew if enough was added. That it cannot be written costs time, and nothing else.
  func keep() {
    guard added > Self.patience else { return }
    var text = Self.form + "\n"
    for (commit, node) in nodes.sorted(by: { $0.key < $1.key }) {
      text += "\(commit)\t\(node.time)\t\(node.parents.joined(separator: "/"))\t"
      text += "\(node.records.joined(separator: "/"))\t\(node.registered.joined(separator: "/"))\n"
    }
    text += Digest(of: text).hex + "\n"
    try? AtomicFile.write(Data(text.utf8), to: file)
  }

  private static func read(_ data: Data) -> [String: Node]? {
    let sum = data.suffix(65)
    guard data.count > 65, sum.last == UInt8(ascii: "\n"),
      Digest(of: data.dropLast(65)).hex == String(decoding: sum.dropLast(), as: UTF8.self)
    else { return nil }
    let bytes = Array(data.dropLast(65))
    var lines = bytes.split(separator: UInt8(ascii: "\n"))[...]
    guard lines.popFirst().map(string) == form else { return nil }
    var nodes = [String: Node](minimumCapacity: lines.count)
    for line in lines {
      let fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
      guard fields.count == 5, let time = git_time_t(string(fields[1])) else { return nil }
      nodes[string(fields[0])] = Node(
        time: time, parents: names(fields[2]), records: names(fields[3]), registered: names(fields[4]))
    }
    return nodes
  }

  private static func names(_ bytes: ArraySlice<UInt8>) -> [String] {
    bytes.split(separator: UInt8(ascii: "/")).map(string)
  }

  private static func string(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}
