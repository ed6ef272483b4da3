import Tensor

/// The version of everything between a checkpoint and its activations: part of what results depend on.
public enum Engine {
  /// Engines of one version give the same bits.
  public static var version: String { "1 \(KernelPath.contractVersion)" }
}
