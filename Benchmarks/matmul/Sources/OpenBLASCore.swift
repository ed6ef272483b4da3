import Foundation
import Tensor

/// OpenBLAS reads its core type and its threads' patience from the environment when it is loaded, so choosing them means
/// to start again.
enum OpenBLASCore {
  private static let decided = "BENCH_MATMUL_CORE"
  private static let variable = "OPENBLAS_CORETYPE"
  /// After a product the library's threads wait for the next one without sleeping, 2^28 cycles by default: a tenth of a
  /// second in which they take a core from whoever is measured next. 2^20 cycles still span its own next product.
  private static let patience = (name: "OPENBLAS_THREAD_TIMEOUT", cycles: "20")

  /// The core types that this processor can run: asked for another, the library crashes.
  private static var candidates: [String] {
    (KernelPath.avx512.isSupported ? ["SkylakeX"] : []) + (KernelPath.avx2.isSupported ? ["Haswell", "Zen"] : [])
      + ["Sandybridge"]
  }

  /// Measures each candidate in a process of its own, and becomes the fastest.
  static func useBest() {
    guard getenv(decided) == nil else { return }
    let rates = candidates.map { ($0, rate($0)) }
    for (core, rate) in rates {
      FileHandle.standardError.write(Data("OpenBLAS \(core): \(Int(rate)) GFLOP/s on one thread\n".utf8))
    }
    guard let best = rates.max(by: { $0.1 < $1.1 }) else { return }
    setenv(variable, best.0, 1)
    setenv(patience.name, patience.cycles, 1)
    setenv(decided, best.0, 1)
    var arguments: [UnsafeMutablePointer<CChar>?] = CommandLine.arguments.map { strdup($0) } + [nil]
    execv("/proc/self/exe", &arguments)
    // Only reached if the system refuses; then the library runs as it was loaded.
    perror("exec")
  }

  private static func rate(_ core: String) -> Double {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = ["--rate-only"]
    process.environment = ProcessInfo.processInfo.environment.merging([variable: core]) { $1 }
    let output = Pipe()
    process.standardOutput = output
    guard (try? process.run()) != nil else { return 0 }
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return Double(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
  }
}
