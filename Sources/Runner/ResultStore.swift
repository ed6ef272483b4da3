import Experiment
import Foundation
import Tensor

/// Where results are kept from run to run, by the digest of what they depend on.
public struct ResultStore: Sendable {
  /// The results kept under a key; `nil` if there are none, or they can no longer be read.
  public var load: @Sendable (Digest) -> Results?
  /// Keeps results under a key.
  public var save: @Sendable (Results, Digest) throws -> Void

  /// A store from its two functions.
  public init(
    load: @escaping @Sendable (Digest) -> Results?, save: @escaping @Sendable (Results, Digest) throws -> Void
  ) {
    self.load = load
    self.save = save
  }

  /// Keeps nothing.
  public static let none = ResultStore(load: { _ in nil }, save: { _, _ in })
}
