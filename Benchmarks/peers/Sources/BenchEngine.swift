import Foundation
import Tensor
import Transformer

/// Serves this engine to the comparison with its peers: `bench-engine CHECKPOINT THREADS`.
///
/// It loads the model, says that it is ready, and then answers each line of JSON on its input, a piece of work, with a
/// line of JSON: how long it took, the process's largest resident size so far, and what came out.
@main
enum BenchEngine {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 3, let threads = Int(arguments[2]) else {
      FileHandle.standardError.write(Data("usage: bench-engine CHECKPOINT THREADS\n".utf8))
      exit(2)
    }
    Threads.count = threads
    let model = try Model.load(from: URL(filePath: arguments[1]))
    try write(["ready": "Palimpsest, \(KernelPath.current) kernels, \(KernelPath.contractVersion)"])
    while let line = readLine() {
      try write(answer(Data(line.utf8), with: model))
    }
  }

  private static func answer(_ request: Data, with model: Model) throws -> Answer {
    struct Head: Decodable { let work: String }
    let decoder = JSONDecoder()
    switch try decoder.decode(Head.self, from: request).work {
    case "sweep": return try time(decoder.decode(SweepWork.self, from: request), model)
    case "forward": return try time(decoder.decode(ForwardWork.self, from: request), model)
    case "decode": return try time(decoder.decode(DecodeWork.self, from: request), model)
    case let other: throw BenchError.unknownWork(other)
    }
  }

  private static func time<W: Work>(_ work: W, _ model: Model) throws -> Answer {
    let clock = ContinuousClock()
    let begin = clock.now
    let output = try work.run(on: model)
    let seconds = (clock.now - begin) / .seconds(1)
    return Answer(seconds: seconds, peakKib: peakKib, digest: try work.digest(output))
  }

  private static func write(_ value: some Encodable) throws {
    FileHandle.standardOutput.write(try JSONEncoder().encode(value) + Data("\n".utf8))
  }
}

/// A piece of work: only `run` is timed.
protocol Work: Decodable {
  associatedtype Output
  func run(on model: Model) throws -> Output
  /// Numbers that tell whether a peer did the same.
  func digest(_ output: Output) throws -> [Double]
}

private struct Answer: Encodable {
  let seconds: Double
  let peakKib: Int
  let digest: [Double]

  enum CodingKeys: String, CodingKey {
    case seconds, digest
    case peakKib = "peak_kib"
  }
}

enum BenchError: Error { case unknownWork(String) }
