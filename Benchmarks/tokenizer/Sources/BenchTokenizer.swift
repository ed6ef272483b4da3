import Foundation
import Tokenizer

/// Encodes documents on one thread, and prints as JSON the seconds of each pass after the warm-up, the number of tokens
/// and a digest of their ids: `bench-tokenizer DIRECTORY DOCUMENTS [--passes N] [--warm-up N]`.
///
/// The documents stand in one file with the byte 1E between them.
@main
enum BenchTokenizer {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count >= 3 else {
      print("usage: bench-tokenizer DIRECTORY DOCUMENTS [--passes N] [--warm-up N]")
      exit(2)
    }
    let tokenizer = try Tokenizer.load(directory: URL(fileURLWithPath: arguments[1]))
    let documents = try Data(contentsOf: URL(fileURLWithPath: arguments[2])).split(separator: 0x1E)
      .map { String(decoding: $0, as: UTF8.self) }
    let passes = option("--passes", or: 5)
    let warmUp = option("--warm-up", or: 2)
    let clock = ContinuousClock()
    var seconds: [Double] = []
    var encoded: [[Int]] = []
    for pass in 0..<warmUp + passes {
      let time = clock.measure { encoded = documents.map { tokenizer.encode($0) } }
      if pass >= warmUp { seconds.append(time / .seconds(1)) }
    }
    let tokens = encoded.reduce(0) { $0 + $1.count }
    print("{\"seconds\": \(seconds), \"tokens\": \(tokens), \"digest\": \(digest(encoded))}")
  }

  /// A polynomial in the ids, modulo a prime.
  static func digest(_ encoded: [[Int]]) -> Int {
    encoded.joined().reduce(0) { ($0 * 1_000_003 + $1 + 1) % 2_147_483_647 }
  }

  static func option(_ name: String, or standard: Int) -> Int {
    let arguments = CommandLine.arguments
    guard let place = arguments.firstIndex(of: name), place + 1 < arguments.count else { return standard }
    return Int(arguments[place + 1]) ?? standard
  }
}
