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
    let said: Said
  }

  /// What its author said: read already, or where it stands in the file, since most of a long history is passed over.
  enum Said {
    case read(Authored)
    case kept(Range<Int>)
  }

  private let file: URL
  /// The file's lines, in the order of the commits' names; each is read when it is asked for.
  private let mapped: MappedFile?
  private let lines: [Range<Int>]
  private var added: [String: Node] = [:]

  /// More commits than these are worth a new file.
  private static let patience = 64
  private static let form = "palimpsest history 3\n"
  private static let lineFeed = UInt8(ascii: "\n")
  private static let tab = UInt8(ascii: "\t")
  private static let slash = UInt8(ascii: "/")

  /// Reads the file, if there is one.
  init(of repository: Repository) {
    file = repository.commonDirectory.appending(path: "palimpsest/history")
    mapped = try? MappedFile(path: file.path(percentEncoded: false))
    lines = mapped.flatMap { Self.lines(of: $0.bytes) } ?? []
  }

  private var bytes: UnsafeRawBufferPointer { mapped?.bytes ?? UnsafeRawBufferPointer(start: nil, count: 0) }

  /// What is known of a commit; `nil` if nothing is.
  subscript(commit: String) -> Node? { added[commit] ?? line(of: commit).flatMap(node) }

  /// Who made a commit, when and in which words.
  func authored(_ node: Node) -> Authored {
    switch node.said {
    case .read(let authored): authored
    case .kept(let place): Self.authored(bytes[place])
    }
  }

  /// Takes in a commit that was read, unless it names folders that a line cannot hold: then it is read each time.
  mutating func add(_ node: Node, at commit: String) {
    let names = node.records + node.registered
    guard names.allSatisfy({ $0.utf8.allSatisfy { $0 >= 0x20 && $0 != Self.slash } }) else { return }
    added[commit] = node
  }

  /// Writes the file anew if enough was added. That it cannot be written costs time, and nothing else.
  func keep() {
    guard added.count > Self.patience else { return }
    var all = added.map { ($0, Self.line($0, $1, authored($1))) }
    all += lines.map { (Self.string(bytes[$0].prefix(Self.name)), Array(bytes[$0.lowerBound...$0.upperBound])) }
      .filter { added[$0.0] == nil }
    var data = Data(Self.form.utf8)
    for (_, line) in all.sorted(by: { $0.0 < $1.0 }) { data += line }
    data += Data((Digest(of: data).hex + "\n").utf8)
    try? AtomicFile.write(data, to: file)
  }

  /// Where the lines of a file are that is whole by its own sum, and line by line; `nil` if it is not.
  private static func lines(of bytes: UnsafeRawBufferPointer) -> [Range<Int>]? {
    let end = bytes.count - 65
    guard end > 0, bytes.last == lineFeed, bytes.starts(with: form.utf8) else { return nil }
    var hasher = Digest.Hasher()
    hasher.update(UnsafeRawBufferPointer(rebasing: bytes[..<end]))
    guard hasher.finalize().hex == string(bytes[end..<(bytes.count - 1)]) else { return nil }
    var lines: [Range<Int>] = []
    var start = form.utf8.count
    while start < end, let base = bytes.baseAddress, let found = memchr(base + start, Int32(lineFeed), end - start) {
      let place = UnsafeRawPointer(found) - base
      lines.append(start..<place)
      start = place + 1
    }
    return start == end && lines.allSatisfy({ isWhole(bytes[$0]) }) ? lines : nil
  }

  /// Whether one commit's line is that alone: all NULs stand in what its author wrote, so that of two lines that were
  /// made of one, such as by a folder's name with a line feed, one has none.
  private static func isWhole(_ line: Slice<UnsafeRawBufferPointer>) -> Bool {
    guard line.count > name, line.prefix(name).allSatisfy(isDigit), line[line.startIndex + name] == tab else {
      return false
    }
    var rest = line.dropFirst(name + 1)
    guard isNumber(field(&rest)),
      field(&rest).split(separator: slash).allSatisfy({ $0.count == name && $0.allSatisfy(isDigit) })
    else { return false }
    for _ in ["records", "registered"] where field(&rest).contains(where: { $0 < 0x20 }) { return false }
    guard isNumber(field(&rest)), isNumber(field(&rest)), let first = rest.firstIndex(of: 0) else { return false }
    return rest[(first + 1)...].contains(0)
  }

  private static func isNumber(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
    let digits = bytes.first == UInt8(ascii: "-") ? bytes.dropFirst() : bytes
    return !digits.isEmpty && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
  }

  /// The digits of a commit's name.
  private static let name = 40

  private func line(of commit: String) -> Range<Int>? {
    var commit = commit
    return commit.withUTF8 { wanted in
      guard wanted.count == Self.name, let wanted = wanted.baseAddress else { return nil }
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

  /// A commit's line: fields between tabs, and last what its author wrote, which has no line feeds.
  private static func line(_ commit: String, _ node: Node, _ authored: Authored) -> [UInt8] {
    let lists = [node.parents, node.records, node.registered]
    let fields =
      [commit, "\(node.time)"] + lists.map { $0.joined(separator: "/") }
      + ["\(authored.time)", "\(authored.offset)"]
    var line = Array(fields.joined(separator: "\t").utf8)
    line.append(tab)
    line += authored.written
    line.append(lineFeed)
    return line
  }

  private func node(_ line: Range<Int>) -> Node? {
    var rest = bytes[line].dropFirst(Self.name + 1)
    guard let time = git_time_t(Self.string(Self.field(&rest))) else { return nil }
    let (parents, records) = (Self.names(Self.field(&rest)), Self.names(Self.field(&rest)))
    let registered = Self.names(Self.field(&rest))
    return Node(
      time: time, parents: parents, records: records, registered: registered,
      said: .kept(rest.startIndex..<rest.endIndex))
  }

  private static func authored(_ bytes: Slice<UnsafeRawBufferPointer>) -> Authored {
    var rest = bytes
    let (time, offset) = (git_time_t(string(field(&rest))), Int(string(field(&rest))))
    return Authored(time: time ?? 0, offset: offset ?? 0, written: Array(rest))
  }

  /// What stands before the next tab, or all there is; what stands behind it is left.
  private static func field(_ rest: inout Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
    let all = UnsafeRawBufferPointer(rebasing: rest)
    guard let start = all.baseAddress, let found = memchr(start, Int32(tab), all.count) else {
      return exchange(&rest, with: rest.dropFirst(rest.count))
    }
    let count = UnsafeRawPointer(found) - start
    return exchange(&rest, with: rest.dropFirst(count + 1)).prefix(count)
  }

  private static func names(_ bytes: Slice<UnsafeRawBufferPointer>) -> [String] {
    bytes.isEmpty ? [] : bytes.split(separator: slash).map(string)
  }

  private static func string(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
    String(decoding: bytes, as: UTF8.self)
  }
}
