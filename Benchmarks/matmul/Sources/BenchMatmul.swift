import CRival
import Foundation
import Tensor

/// Measures the engine's matrix product beside OpenBLAS: the same shapes, in one process, one after the other in turn.
///
///     swift run -c release bench-matmul [--samples 9] [--milliseconds 60] [--threads 1,2]
@main
struct BenchMatmul {
  /// Rows x inputs x outputs, as transformers of half a billion parameters have them.
  static let shapes = [(512, 896, 4864), (512, 768, 3072), (32, 896, 4864), (8, 896, 4864), (1, 896, 4864)]

  static func main() {
    let options = Options(CommandLine.arguments)
    if options.rateOnly {
      openblas_set_num_threads(1)
      let problem = Problem(rows: 512, inputs: 896, outputs: 1024)
      problem.openBLAS()
      let begin = clock()
      for _ in 0..<5 { problem.openBLAS() }
      print(problem.rate(seconds: Double(clock() - begin) / Double(CLOCKS_PER_SEC) / 5))
      return
    }
    OpenBLASCore.useBest()
    print("Engine: \(KernelPath.current) kernels, \(KernelPath.contractVersion).")
    print("OpenBLAS: \(String(cString: openblas_get_config())); core \(String(cString: openblas_get_corename())).")
    print("Medians of \(options.samples) samples in turn, with the range of the ratio from pair to pair.\n")
    print(
      "| rows x inputs x outputs | weights | threads | engine GFLOP/s | OpenBLAS f32 GFLOP/s | ratio (range) | floor |")
    print("|---|---|---:|---:|---:|---:|---:|")
    var missed = 0
    for threads in options.threads {
      Threads.count = threads
      openblas_set_num_threads(Int32(threads))
      for (rows, inputs, outputs) in shapes {
        let problem = Problem(rows: rows, inputs: inputs, outputs: outputs)
        for type in [ElementType.f32, .bf16] {
          let result = problem.compare(type, samples: options.samples, seconds: options.seconds)
          let floor = rows >= 32 ? 0.85 : 1.5
          let held = result.ratio.median >= floor
          if !held { missed += 1 }
          let row = "| \(rows) x \(inputs) x \(outputs) | \(type.rawValue) | \(threads) |"
          print("\(row) \(result) | \(floor)\(held ? "" : " **missed**") |")
          if rows == 1 {
            let result = problem.compare(type, samples: options.samples, seconds: options.seconds, vector: true)
            print("\(row) \(result) | (`sgemv`) |")
          }
        }
      }
    }
    print("\n\(missed == 0 ? "Every floor is held." : "\(missed) floors are missed.")")
  }
}

/// What the command line says.
struct Options {
  var samples = 9
  var seconds = 0.06
  var threads = [1, 2]
  var rateOnly = false

  init(_ arguments: [String]) {
    rateOnly = arguments.contains("--rate-only")
    func value(_ name: String) -> String? {
      arguments.firstIndex(of: name).flatMap { $0 + 1 < arguments.count ? arguments[$0 + 1] : nil }
    }
    if let text = value("--samples"), let number = Int(text), number >= 1 { samples = number }
    if let text = value("--milliseconds"), let number = Double(text), number > 0 { seconds = number / 1000 }
    if let text = value("--threads") { threads = text.split(separator: ",").compactMap { Int($0) } }
  }
}
