import CFused
import Foundation
import Tensor
import Transformer

/// How far a patching sweep and a forward are from what the machine can do: `bench-limit CHECKPOINT [ROUNDS] [THREADS]`.
///
/// Arithmetic that they cannot do without, over their time, against the rate of the matrix kernel on the block's own
/// shapes and against nothing but fused multiply-adds, measured in turns in one process. Prints a table for each.
@main
enum BenchLimit {
  static func main() throws {
    let arguments = CommandLine.arguments
    let numbers = arguments.dropFirst(2).compactMap { Int($0) }.filter { $0 > 0 }
    guard 2...4 ~= arguments.count, numbers.count == arguments.count - 2 else {
      FileHandle.standardError.write(Data("usage: bench-limit CHECKPOINT [ROUNDS] [THREADS]\n".utf8))
      exit(2)
    }
    let rounds = numbers.first ?? 7
    Threads.count = numbers.count > 1 ? numbers[1] : 2
    let model = try Model.load(from: URL(filePath: arguments[1]))
    let c = model.configuration
    func tokens(_ count: Int, _ seed: Int) -> [Int] { (0..<count).map { (($0 + seed) * 7919 + 13) % c.vocabularySize } }
    let (base, source) = (tokens(32, 0), tokens(32, 32))
    let batch = (0..<8).map { tokens(64, 64 * $0) }
    let kernel = Kernel(inputs: c.width, outputs: c.feedForwardWidth)

    var works: [Measured] = [
      Measured(name: "sweep", needed: needed(c, positions: base.count)) { _ = try sweep(model, base, source) }
    ]
    for logits in [LogitRequest.last, .all] {
      let rows = batch.joined().count
      works.append(
        Measured(
          name: "forward of 8 x 64 tokens, \(logits == .all ? "all logits" : "the last logits alone")",
          needed: 2 * Double(rows * c.layers) * (block(c).query + block(c).pair + block(c).rest)
            + 2 * Double(logits == .all ? rows : batch.count) * Double(c.width * c.vocabularySize)
        ) { _ = try model.forward(batch, capture: [HookPattern(.residPost)], logits: logits) })
    }
    for work in works { try work.run() }
    for _ in 0..<rounds {
      for i in works.indices {
        works[i].units.append(fused(threads: Threads.count))
        works[i].peaks.append(kernel.rate())
        let start = ContinuousClock.now
        try works[i].run()
        works[i].rates.append(works[i].needed / ((ContinuousClock.now - start) / .seconds(1)) / 1e9)
      }
    }
    for work in works {
      func shares(of limits: [Double]) -> String { spread(zip(work.rates, limits).map { 100 * $0 / $1 }) }
      print("| \(work.name) | median (range) |\n|---|---:|")
      print("| arithmetic that is needed | \(String(format: "%.3f TFLOP", work.needed / 1e12)) |")
      print("| GFLOP/s | \(spread(work.rates)) |")
      print("| GFLOP/s of the kernel on 512 x \(c.width) x \(c.feedForwardWidth) | \(spread(work.peaks)) |")
      print("| its share of the kernel's, % | \(shares(of: work.peaks)) |")
      print("| GFLOP/s of fused multiply-adds alone | \(spread(work.units)) |")
      print("| its share of those, % | \(shares(of: work.units)) |\n")
    }
  }

  /// A piece of work, and what was measured around it in each round: GFLOP/s.
  private struct Measured {
    let name: String
    /// Multiplications and additions.
    let needed: Double
    let run: () throws -> Void
    /// Of the work, of the kernel alone, of fused multiply-adds alone.
    var rates: [Double] = []
    var peaks: [Double] = []
    var units: [Double] = []

    init(name: String, needed: Double, run: @escaping () throws -> Void) {
      (self.name, self.needed, self.run) = (name, needed, run)
    }
  }

  private static func fused(threads: Int) -> Double {
    let rates = Rates(threads)
    DispatchQueue.concurrentPerform(iterations: threads) { rates.set($0, fused_rate(1)) }
    return rates.sum
  }

  private static func spread(_ values: [Double]) -> String {
    let sorted = values.sorted()
    return String(format: "%.0f (%.0f-%.0f)", sorted[sorted.count / 2], sorted[0], sorted[sorted.count - 1])
  }

  private static func sweep(_ model: Model, _ base: [Int], _ source: [Int]) throws -> [[Double]] {
    let layers = model.configuration.layers
    let hooks = (0..<layers).map { HookPoint(.residPre, layer: $0) }
    let kept = try model.forward(
      [source], capture: hooks.map { HookPattern($0) }, logits: .none, stopAfterLayer: layers - 1)
    let arms = hooks.flatMap { hook in
      base.indices.map { position in
        [Intervention(at: hook, positions: .indices([[position]]), operation: .replace(from: kept.activations))]
      }
    }
    return try Sweep(of: model, over: [base], arms: arms, tokens: [1, 2])
      .run { Double($0.logits[0, 0]) - Double($0.logits[0, 1]) }.values
  }

  /// Multiplications and additions of the matrix products that a sweep over layers and positions cannot do without: from
  /// the patched place on; queries, keys and values of unpatched rows of the first block are the unchanged run's; of the
  /// last block only keys and values, and the last row. Both prompts' own runs are among them.
  private static func needed(_ c: ModelConfiguration, positions: Int) -> Double {
    let (query, pair, rest) = block(c)
    let block = query + pair + rest
    var sum = 0.0
    for layer in 0..<c.layers {
      for position in 0..<positions {
        let rows = Double(positions - position)
        guard layer < c.layers - 1 else {
          sum += pair + query + rest
          continue
        }
        sum += query + pair + rows * rest + rows * block * Double(c.layers - 2 - layer) + rows * pair + query + rest
      }
    }
    let own = Double(positions) * block * Double(c.layers - 1)
    return 2 * (sum + 2 * own + Double(positions) * pair + query + rest)
  }

  /// Products of numbers for one row of a block: for its queries, for its keys and values, and for all else.
  private static func block(_ c: ModelConfiguration) -> (query: Double, pair: Double, rest: Double) {
    let width = Double(c.width)
    let query = width * Double(c.heads * c.headSize)
    return (
      query, 2 * width * Double(c.keyValueWidth),
      query + width * Double(c.feedForwardWidth) * (c.architecture.isGated ? 3 : 2)
    )
  }
}

/// The matrix kernel by itself.
private struct Kernel {
  private let x: Tensor
  private let matrix: PackedMatrix
  private let operations: Double

  init(inputs: Int, outputs: Int) {
    let stream = RandomStream(seed: 17, purpose: "limit")
    func numbers(_ count: Int) -> [Float] { (0..<count).map { Float(2 * stream.uniform(at: UInt64($0)) - 1) } }
    x = Tensor([512, inputs], numbers(512 * inputs))
    matrix = PackedMatrix(Tensor([outputs, inputs], numbers(outputs * inputs)))
    operations = 2 * 512 * Double(inputs) * Double(outputs)
  }

  /// GFLOP/s over about a second.
  func rate() -> Double {
    let result = UnsafeMutablePointer<Float>.allocate(capacity: 512 * matrix.outputs)
    defer { result.deallocate() }
    let start = ContinuousClock.now
    var times = 0.0
    repeat {
      x.withUnsafePointer { matrix.multiply($0, rows: 512, into: result) }
      times += 1
    } while ContinuousClock.now - start < .seconds(1)
    return times * operations / ((ContinuousClock.now - start) / .seconds(1)) / 1e9
  }
}

/// A number from each thread.
private final class Rates: @unchecked Sendable {
  private let values: UnsafeMutableBufferPointer<Double>
  init(_ count: Int) {
    values = .allocate(capacity: count)
    values.initialize(repeating: 0)
  }
  deinit { values.deallocate() }
  func set(_ index: Int, _ value: Double) { values[index] = value }
  var sum: Double { values.reduce(0, +) }
}
