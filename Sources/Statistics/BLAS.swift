import COpenBLAS
import Foundation

/// The linear algebra library that large products and factorisations go to: OpenBLAS, on one thread.
///
/// Its results depend on its *core type* (which kernels it chose) and on its threads, and it reads both from the
/// environment before `main` begins. So a program that wants the same bits on every machine calls ``pin()`` first
/// thing, which sets them and starts the program anew. Small products never go to it (see `LinearAlgebra`).
public enum BLAS {
  /// The core type that every machine with AVX2 and FMA can run; ``pin()`` chooses it, so that digests agree.
  public static let wantedCoreType = "Haswell"

  /// The core type in use, such as `Haswell`: part of what a result depends on, and recorded with it.
  public static var coreType: String { openblas_get_corename().map { String(cString: $0) } ?? "unknown" }

  /// Version and build options, such as `OpenBLAS 0.3.21 DYNAMIC_ARCH ... Haswell`.
  public static var configuration: String {
    openblas_get_config().map { String(cString: $0).trimmingCharacters(in: .whitespaces) } ?? "unknown"
  }

  /// How pinning ended. (When it had to start the program anew it does not return.)
  public enum Pin: Hashable, Sendable {
    /// The wanted core type is in use.
    case pinned
    /// The machine cannot run the wanted core type; results are exact here, but may differ from other machines'.
    case unsupported(coreType: String)
  }

  /// The program could not be started anew.
  public struct PinError: Error, Hashable, Sendable, CustomStringConvertible {
    /// `errno` after `execv`.
    public let code: Int32

    /// What went wrong, and what to do.
    public var description: String {
      "could not start the program anew with OPENBLAS_CORETYPE=\(wantedCoreType): "
        + "\(String(cString: strerror(code))); set it, and OPENBLAS_NUM_THREADS=1, before starting"
    }
  }

  /// Makes sure that OpenBLAS runs ``wantedCoreType`` on one thread: sets the environment and replaces this process
  /// by itself (same arguments, same process id) unless it is so already. Call it before anything else in `main`.
  ///
  /// - Throws: ``PinError`` when the system refuses to start the program anew.
  @discardableResult
  public static func pin() throws -> Pin {
    openblas_set_num_threads(1)
    #if os(Linux) && arch(x86_64)
      guard supportsWantedCoreType else { return .unsupported(coreType: coreType) }
      let wanted = ["OPENBLAS_CORETYPE": wantedCoreType, "OPENBLAS_NUM_THREADS": "1"]
      let environment = ProcessInfo.processInfo.environment
      if wanted.allSatisfy({ environment[$0.key] == $0.value }) {
        return coreType == wantedCoreType ? .pinned : .unsupported(coreType: coreType)
      }
      for (name, value) in wanted { setenv(name, value, 1) }
      let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/proc/self/exe"
      execv(program, CommandLine.unsafeArgv)
      throw PinError(code: errno)
    #else
      return .unsupported(coreType: coreType)
    #endif
  }

  /// Done once, before the first call into the library, whether or not the program was pinned.
  static let singleThreaded: Void = openblas_set_num_threads(1)

  private static var supportsWantedCoreType: Bool {
    guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8),
      let flags = text.split(separator: "\n").first(where: { $0.hasPrefix("flags") })?.split(separator: " ")
    else { return false }
    return flags.contains("avx2") && flags.contains("fma")
  }
}
