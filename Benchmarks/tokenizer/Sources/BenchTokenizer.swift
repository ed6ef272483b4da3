import Foundation
import Tokenizer

/// Encodes a text several times on one thread, and prints the seconds of each pass after the warm-up and the number of
/// tokens as JSON: `bench-tokenizer DIRECTORY TEXT [--passes N]`.
@main
enum BenchTokenizer {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count >= 3 else {
      print("usage: bench-tokenizer DIRECTORY TEXT [--passes N]")
      exit(2)
    }
    let tokenizer = try Tokenizer.load(directory: URL(fileURLWithPath: arguments[1]))
    let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: arguments[2])), as: UTF8.self)
    let passes = arguments.firstIndex(of: "--passes").flatMap { Int(arguments[$0 + 1]) } ?? 5
    let clock = ContinuousClock()
    var seconds: [Double] = []
    var count = 0
    for pass in 0...passes {
      let time = clock.measure { count = tokenizer.encode(text).count }
      if pass > 0 { seconds.append(time / .seconds(1)) }
    }
    print("{\"seconds\": \(seconds), \"tokens\": \(count)}")
  }
}
