import Foundation
import PinnedBLAS

/// The linear algebra library that large products and factorisations go to: OpenBLAS, on one thread.
///
/// Its results depend on its *core type* (which kernels it chose) and on its threads, and it reads both from the
/// environment when it is loaded. So it is loaded at its first use, with both set: every machine with AVX2 and FMA gives
/// the same bits, whatever the environment said. Small products never go to it (see `LinearAlgebra`).
public enum BLAS {
  /// The core type in use, such as `Haswell`: part of what a result depends on, and recorded with it.
  public static var coreType: String { String(cString: library.corename()) }

  /// The core type that it was told to use; `nil` on a machine that cannot run it, where results are exact, but may differ
  /// from other machines'.
  public static var pinnedCoreType: String? { pinned_blas_core_type().map { String(cString: $0) } }

  /// Version and build options, such as `OpenBLAS 0.3.21 DYNAMIC_ARCH ... Haswell`.
  public static var configuration: String {
    String(cString: library.config()).trimmingCharacters(in: .whitespaces)
  }

  /// On how many threads it computes.
  public static var threads: Int { Int(library.threads()) }

  /// Sets what it will read. First thing in `main`, since an environment must not change while other threads read it.
  public static func pin() { pinned_blas_set_environment() }

  /// Loaded at its first use: what only reads results starts without it.
  static let library: PinnedBLAS = {
    withUnsafeTemporaryAllocation(of: PinnedBLAS.self, capacity: 1) { room in
      var why: UnsafePointer<CChar>?
      guard let place = room.baseAddress, pinned_blas_load(place, &why) == 1 else {
        let reason = why.map { String(cString: $0) } ?? "unknown"
        FileHandle.standardError.write(
          Data("error: OpenBLAS cannot be loaded: \(reason); install libopenblas0 (“make setup” does)\n".utf8))
        exit(3)
      }
      return place.pointee
    }
  }()
}
