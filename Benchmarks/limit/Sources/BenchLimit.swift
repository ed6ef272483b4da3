import CFused
import Foundation
import Tensor
import Transformer

/// How far a patching sweep is from what the machine can do: `bench-limit CHECKPOINT [ROUNDS] [THREADS]`.
///
/// Arithmetic that the sweep cannot do without, over its time, against the best rate of the matrix kernel on the block's
/// own shapes and against nothing but fused multiply-adds, measured in turns in one process. Prints a table.
@main
enum BenchLimit {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count > 1 else { throw Usage() }
    let rounds = arguments.count > 2 ? Int(arguments[2]) ?? 7 : 7
    Threads.count = arguments.count > 3 ? Int(arguments[3]) ?? 2 : 2
    let model = try Model.load(from: URL(filePath: arguments[1]))
    let c = model.configuration
    let tokens = (0..<64).map { ($0 * 7919 + 13) % c.vocabularySize }
    let (base, source) = (Array(tokens.prefix(32)), Array(tokens.suffix(32)))
    let kernel = Kernel(inputs: c.width, outputs: c.feedForwardWidth)

    _ = try sweep(model, base, source)
    var (rates, peaks, units) = ([Double](), [Double](), [Double]())
    for _ in 0..<rounds {
      units.append(fused(threads: Threads.count))
      peaks.append(kernel.rate())
      let start = ContinuousClock.now
      _ = try sweep(model, base, source)
      rates.append(needed(c, positions: base.count) / ((ContinuousClock.now - start) / .seconds(1)) / 1e9)
    }
    func shares(of limits: [Double]) -> String { spread(zip(rates, limits).map { 100 * $0 / $1 }) }
    print("| | median (range) |\n|---|---:|")
    print("| arithmetic that is needed | \(String(format: "%.3f TFLOP", needed(c, positions: base.count) / 1e12)) |")
    print("| GFLOP/s of the sweep | \(spread(rates)) |")
    print("| GFLOP/s of the kernel on 512 x \(c.width) x \(c.feedForwardWidth) | \(spread(peaks)) |")
    print("| the sweep's share of the kernel's, % | \(shares(of: peaks)) |")
    print("| GFLOP/s of fused multiply-adds alone | \(spread(units)) |")
    print("| the sweep's share of those, % | \(shares(of: units)) |")
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
    let width = Double(c.width)
    let (query, pair) = (width * Double(c.heads * c.headSize), 2 * width * Double(c.keyValueWidth))
    let rest = query + width * Double(c.feedForwardWidth) * (c.architecture.isGated ? 3 : 2)
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

  struct Usage: Error, CustomStringConvertible {
    var description: String { "expected: bench-limit CHECKPOINT [ROUNDS] [THREADS]" }
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
