import Foundation
import Tensor

/// The rows that an experiment asks its model about.
///
/// A file is CSV (RFC 4180, a heading row), JSON (a list of objects) or JSON Lines.
public struct Dataset: Sendable {
  /// A row's values by column.
  public typealias Row = [String: Value]

  /// The name that the document gives.
  public let name: String
  /// The rows, in the order of the file.
  public let rows: [Row]
  /// Each row's number in the file, counted from 1: what messages call it. `[rows]`
  public let numbers: [Int]
  /// Every column that some row has, sorted.
  public let columns: [String]
  /// The digest of the file's bytes.
  public let digest: Digest
  /// Further names of columns: new name to the file's own.
  public let renames: [String: String]
  /// The digest of which rows of the file these are, and of the parts that they belong to; `nil` for all, undivided.
  private let selection: Digest?

  /// - Throws: `DatasetError` if the file cannot be read or is not what its extension says.
  public init(name: String, file: URL) throws {
    guard let bytes = try? Data(contentsOf: file) else {
      throw DatasetError(file: file.relativePath, line: nil, found: "a file that cannot be read", expected: nil)
    }
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let data = bytes.starts(with: mark) ? Data(bytes.dropFirst(mark.count)) : bytes
    switch file.pathExtension.lowercased() {
    case "csv": rows = try Self.csv(data, file: file)
    case "json": rows = try Self.json(data, file: file)
    case "jsonl", "ndjson": rows = try Self.jsonLines(data, file: file)
    case let other:
      throw DatasetError(
        file: file.relativePath, line: nil, found: other.isEmpty ? "no extension" : "the extension .\(other)",
        expected: ".csv, .json or .jsonl")
    }
    self.name = name
    columns = Set(rows.flatMap(\.keys)).sorted()
    numbers = Array(1...max(1, rows.count))
    digest = Digest(of: bytes)
    (renames, selection) = ([:], nil)
    if rows.isEmpty {
      throw DatasetError(file: file.relativePath, line: nil, found: "no rows", expected: "at least one")
    }
  }

  /// A data set that is made in memory.
  public init(name: String, rows: [Row], digest: Digest, renames: [String: String] = [:]) {
    self.init(
      name: name, rows: rows, numbers: Array(rows.indices.map { $0 + 1 }), digest: digest, renames: renames,
      selection: nil)
  }

  private init(
    name: String, rows: [Row], numbers: [Int], digest: Digest, renames: [String: String], selection: Digest?
  ) {
    self.name = name
    self.rows = rows
    self.numbers = numbers
    self.columns = Set(rows.flatMap(\.keys)).sorted()
    self.digest = digest
    self.renames = renames
    self.selection = selection
  }

  /// The same rows, with columns under further names.
  public func renaming(_ renames: [String: String]) -> Dataset {
    Dataset(
      name: name, rows: rows.map { row in renames.reduce(into: row) { $0[$1.key] = row[$1.value] } },
      numbers: numbers, digest: digest, renames: renames, selection: selection)
  }

  /// Some of the rows, with what they have in one more column.
  ///
  /// - Parameters:
  ///   - kept: the rows' places, in increasing order.
  ///   - column: the column that is added, and its values by row kept; `nil` adds none.
  func selecting(_ kept: [Int], adding column: (name: String, values: [String])?) -> Dataset {
    var chosen = kept.map { rows[$0] }
    if let column {
      for (index, value) in column.values.enumerated() { chosen[index][column.name] = .text(value) }
    }
    let numbers = kept.map { self.numbers[$0] }
    let lines = zip(numbers, column?.values ?? numbers.map { _ in "" }).map { "\($0) \($1)\n" }
    return Dataset(
      name: name, rows: chosen, numbers: numbers, digest: digest, renames: renames,
      selection: Digest(of: lines.joined()))
  }

  /// What the rows are a function of, as one text: equal texts, equal rows.
  public var identity: String {
    "\(digest) \(renames.sorted { $0.key < $1.key })" + (selection.map { " \($0)" } ?? "")
  }

  private static func csv(_ data: Data, file: URL) throws(DatasetError) -> [Row] {
    guard String(validating: data, as: UTF8.self) != nil else {
      throw DatasetError(file: file.relativePath, line: nil, found: "bytes that are not UTF-8", expected: "UTF-8 text")
    }
    do {
      return try CSVText.rows(data).map { $0.mapValues(Value.text) }
    } catch {
      throw DatasetError(file: file.relativePath, line: error.line, found: error.found, expected: error.expected)
    }
  }

  private static func json(_ data: Data, file: URL) throws(DatasetError) -> [Row] {
    do {
      return try JSONDecoder().decode([JSONRow].self, from: data).map(\.values)
    } catch DecodingError.typeMismatch(_, let context) {
      let row = context.codingPath.first?.intValue
      throw DatasetError(
        file: file.relativePath, line: nil,
        found: row.map { "something else than an object as row \($0 + 1)" } ?? "JSON of another shape",
        expected: "a list of objects")
    } catch {
      throw DatasetError(
        file: file.relativePath, line: nil, found: "text that is not JSON", expected: "a list of objects")
    }
  }

  private static func jsonLines(_ data: Data, file: URL) throws -> [Row] {
    try data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated().compactMap {
      number, line in
      guard line.contains(where: { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }) else { return nil }
      guard let row = try? JSONDecoder().decode(JSONRow.self, from: Data(line)) else {
        throw DatasetError(
          file: file.relativePath, line: number + 1, found: "a line that is not a JSON object",
          expected: "one JSON object a line")
      }
      return row.values
    }
  }
}

/// A data file that cannot be used.
public struct DatasetError: Error, CustomStringConvertible {
  /// The file.
  public var file: String
  /// The line in it, where one is to blame.
  public var line: Int?
  /// What is wrong with it.
  public var found: String
  /// What would be right.
  public var expected: String?

  /// What was found, what was expected, where, and what to do.
  public var description: String {
    "\(file)\(line.map { ":\($0):1" } ?? ""): error: data with \(found)"
      + (expected.map { "; expected \($0)" } ?? "")
  }
}
