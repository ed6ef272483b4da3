/// One site of one layer, as `blocks.3.hook_resid_post` or `hook_embed`.
///
///     let hook = try HookPoint("blocks.3.hook_resid_post")
///     hook == HookPoint(.residPost, layer: 3)
public struct HookPoint: Hashable, Sendable, Codable, CustomStringConvertible {
  /// Where in the block, or in the model.
  public let site: HookSite
  /// Which block, from 0; 0 for sites that the model has once.
  public let layer: Int

  /// A site of a block; the layer is not read for sites that the model has once.
  public init(_ site: HookSite, layer: Int = 0) {
    self.site = site
    self.layer = site.isPerLayer ? layer : 0
  }

  /// Reads a name that stands for one point: full (`blocks.3.attn.hook_z`) or short (`3.z`).
  ///
  /// - Throws: ``HookError`` if nothing has that name, or it stands for the same site of every layer.
  public init(_ name: String) throws {
    let pattern = try HookPattern(name)
    switch pattern.layers {
    case .one(let layer): self.init(pattern.site, layer: layer)
    case .all where !pattern.site.isPerLayer: self.init(pattern.site)
    case .all, .some:
      throw HookError.manyLayers(name: name, example: HookPoint(pattern.site, layer: 3).description)
    }
  }

  /// The full TransformerLens name.
  public var description: String {
    site.isPerLayer ? "blocks.\(layer).\(site.rawValue)" : site.rawValue
  }

  /// Reads the name, full or short.
  public init(from decoder: any Decoder) throws {
    try self.init(decoder.singleValueContainer().decode(String.self))
  }

  /// Writes the full name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
