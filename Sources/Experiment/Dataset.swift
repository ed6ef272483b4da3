import Foundation
import SwiftCSV
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
  /// Every column that some row has, sorted.
  public let columns: [String]
  /// The digest of the file's bytes.
  public let digest: Digest
  /// Further names of columns: new name to the file's own.
  public let renames: [String: String]

  /// - Throws: `DatasetError` if the file cannot be read or is not what its extension says.
  public init(name: String, file: URL) throws {
    guard let data = try? Data(contentsOf: file) else {
      throw DatasetError(file: file.relativePath, line: nil, found: "a file that cannot be read", expected: nil)
    }
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
    digest = Digest(of: data)
    renames = [:]
    if rows.isEmpty {
      throw DatasetError(file: file.relativePath, line: nil, found: "no rows", expected: "at least one")
    }
  }

  /// A data set that is made in memory.
  public init(name: String, rows: [Row], digest: Digest, renames: [String: String] = [:]) {
    self.name = name
    self.rows = rows
    self.columns = Set(rows.flatMap(\.keys)).sorted()
    self.digest = digest
    self.renames = renames
  }

  /// The same rows, with columns under further names.
  public func renaming(_ renames: [String: String]) -> Dataset {
    Dataset(
      name: name, rows: rows.map { row in renames.reduce(into: row) { $0[$1.key] = row[$1.value] } }, digest: digest,
      renames: renames)
  }

  private static func csv(_ data: Data, file: URL) throws -> [Row] {
    guard let text = String(data: data, encoding: .utf8) else {
      throw DatasetError(file: file.relativePath, line: nil, found: "bytes that are not UTF-8", expected: "UTF-8 text")
    }
    do {
      let table = try CSV<Named>(string: text, delimiter: .comma, loadColumns: false)
      return table.rows.map { $0.mapValues(Value.text) }
    } catch {
      throw DatasetError(file: file.relativePath, line: nil, found: "\(error)", expected: "RFC 4180 CSV")
    }
  }

  private static func json(_ data: Data, file: URL) throws -> [Row] {
    do {
      return try CanonicalJSON.decode([Row].self, from: data)
    } catch {
      throw DatasetError(
        file: file.relativePath, line: nil, found: "JSON of another shape", expected: "a list of objects")
    }
  }

  private static func jsonLines(_ data: Data, file: URL) throws -> [Row] {
    try data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated().compactMap {
      number, line in
      guard line.contains(where: { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }) else { return nil }
      guard let row = try? CanonicalJSON.decode(Row.self, from: Data(line)) else {
        throw DatasetError(
          file: file.relativePath, line: number + 1, found: "a line that is not a JSON object",
          expected: "one JSON object a line")
      }
      return row
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
