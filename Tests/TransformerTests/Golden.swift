import Foundation
import Testing
import Transformer

/// Tensors that another implementation computed: a reader of its own, so that it shares nothing with the engine's.
struct Golden {
  private let tensors: [String: (shape: [Int], values: [Double])]

  init(_ file: URL) throws {
    let data = try Data(contentsOf: file)
    func little<T: FixedWidthInteger>(_ type: T.Type, at offset: Int) -> T {
      data.withUnsafeBytes { T(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: type)) }
    }
    let length = Int(little(UInt64.self, at: 0))
    let header = try #require(JSONSerialization.jsonObject(with: data[8..<8 + length]) as? [String: Any])
    var tensors: [String: (shape: [Int], values: [Double])] = [:]
    for (name, value) in header where name != "__metadata__" {
      let entry = try #require(value as? [String: Any])
      let shape = try #require(entry["shape"] as? [Int])
      let begin = 8 + length + (try #require(entry["data_offsets"] as? [Int]))[0]
      let type = try #require(entry["dtype"] as? String)
      let values: [Double] = try (0..<shape.reduce(1, *)).map { i in
        switch type {
        case "F64": Double(bitPattern: little(UInt64.self, at: begin + 8 * i))
        case "F32": Double(Float(bitPattern: little(UInt32.self, at: begin + 4 * i)))
        case "I64": Double(little(Int64.self, at: begin + 8 * i))
        case "BF16": Double(Float(bitPattern: UInt32(little(UInt16.self, at: begin + 2 * i)) << 16))
        default: throw CocoaError(.fileReadCorruptFile)
        }
      }
      tensors[name] = (shape, values)
    }
    self.tensors = tensors
  }

  /// All values of a tensor, row-major.
  func values(_ name: String) throws -> [Double] { try #require(tensors[name], "no tensor \(name)").values }

  /// Slice `index` of a tensor's first dimension.
  func slice(_ name: String, _ index: Int) throws -> [Double] {
    let tensor = try #require(tensors[name], "no tensor \(name)")
    let count = tensor.values.count / tensor.shape[0]
    return Array(tensor.values[index * count..<(index + 1) * count])
  }

  /// Token ids of a row.
  func tokens(_ name: String, _ index: Int) throws -> [Int] { try slice(name, index).map { Int($0) } }

  /// Every tensor, flat.
  var all: [String: [Double]] { tensors.mapValues(\.values) }
}

/// Checkpoints and results of an independent implementation, beside the repository where it is developed.
enum Conformance {
  static let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared/conformance/checkpoints")

  static var isPresent: Bool { FileManager.default.fileExists(atPath: directory.path) }
}

/// The largest absolute difference of two lists of equal length.
func largestDifference(_ a: some Collection<Double>, _ b: some Collection<Double>) -> Double {
  guard a.count == b.count else { return .infinity }
  return zip(a, b).reduce(0) { largest, pair in
    let difference = abs(pair.0 - pair.1)
    return difference.isNaN ? .infinity : max(largest, difference)
  }
}

/// A new directory for one test's files, gone when the tests end.
func temporaryDirectory() throws -> URL {
  _ = removal
  let directory = testFolder().appending(path: UUID().uuidString)
  try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  return directory
}

private func testFolder() -> URL {
  FileManager.default.temporaryDirectory.appending(
    path: "transformer-tests-\(ProcessInfo.processInfo.processIdentifier)")
}

private let removal: Void = { atexit { try? FileManager.default.removeItem(at: testFolder()) } }()
