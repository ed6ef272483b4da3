import Kernels

/// The instruction set that the kernels use. All paths give the same bits; they differ in speed only.
public enum KernelPath: String, CaseIterable, Sendable, Codable {
  /// Plain C: slow, runs everywhere, and says what the others must compute.
  case portable
  /// AVX2 with fused multiply-add and half conversions.
  case avx2
  /// AVX-512 (F, BW, VL, DQ).
  case avx512

  /// The fastest path of this processor.
  public static var best: KernelPath { KernelPath(kernels_best_path()) }

  /// The path that this process takes; at first `best`.
  public static var current: KernelPath { KernelPath(kernels_current_path()) }

  /// The paths that this processor can run.
  public static var supported: [KernelPath] { allCases.filter(\.isSupported) }

  /// Names the kernels' arithmetic: it changes whenever the bits of any kernel may.
  public static var contractVersion: String { String(cString: kernels_contract_version()) }

  /// Whether this processor can run the path.
  public var isSupported: Bool { kernels_path_supported(raw) }

  /// Makes this the path of the whole process.
  ///
  /// - Throws: `Unsupported` if the processor lacks the instructions; the path then stays as it was.
  public func select() throws(Unsupported) {
    guard kernels_select_path(raw) else { throw Unsupported(path: self) }
  }

  /// Runs `body` on this path and goes back to the one before. Whoever else asks for that meanwhile waits.
  ///
  /// - Throws: `Unsupported`; what `body` throws.
  public func during<R>(_ body: () throws -> R) throws -> R {
    processWide.lock()
    defer { processWide.unlock() }
    let before = KernelPath.current
    try select()
    // What ran before can run again.
    defer { try? before.select() }
    return try body()
  }

  /// A path that this processor cannot run.
  public struct Unsupported: Error, CustomStringConvertible {
    /// The path that was asked for.
    public let path: KernelPath

    /// Names a path.
    public init(path: KernelPath) { self.path = path }

    /// What is wrong, and what to do.
    public var description: String {
      let supported = KernelPath.supported.map(\.rawValue).joined(separator: ", ")
      return "this processor cannot run the \(path.rawValue) kernels; choose one of: \(supported)"
    }
  }

  private init(_ raw: kernels_path) {
    switch raw {
    case KERNELS_AVX512: self = .avx512
    case KERNELS_AVX2: self = .avx2
    default: self = .portable
    }
  }

  private var raw: kernels_path {
    switch self {
    case .portable: KERNELS_PORTABLE
    case .avx2: KERNELS_AVX2
    case .avx512: KERNELS_AVX512
    }
  }
}
