import Tensor

/// A site over some layers: `blocks.*.hook_resid_post`, `blocks.3.attn.hook_z`, or short `resid_post`, `3.z`.
public struct HookPattern: Hashable, Sendable, CustomStringConvertible {
  /// Which layers a pattern stands for.
  public enum Layers: Hashable, Sendable {
    /// Every layer.
    case all
    /// One layer.
    case one(Int)
    /// These layers.
    case some([Int])
  }

  /// Where in the block, or in the model.
  public let site: HookSite
  /// In which blocks; not read for sites that the model has once.
  public let layers: Layers

  /// A site over some layers.
  public init(_ site: HookSite, layers: Layers = .all) {
    self.site = site
    self.layers = site.isPerLayer ? layers : .all
  }

  /// The pattern that stands for one point.
  public init(_ point: HookPoint) {
    self.init(point.site, layers: .one(point.layer))
  }

  /// Reads a full name, with a layer or `*` after `blocks`, or a short one, with or without a layer before it. Names of
  /// TransformerLens's TransformerBridge, such as `blocks.3.hook_in` and `blocks.3.attn.o.hook_in`, mean the same places.
  ///
  /// - Throws: ``HookError/unknown(name:nearest:)`` if no site has that name.
  public init(_ name: String) throws {
    var rest = Substring(name)
    var layers: Layers?
    let isFull = rest.hasPrefix("blocks.")
    if isFull { rest = rest.dropFirst("blocks.".count) }
    if let dot = rest.firstIndex(of: ".") {
      if rest[..<dot] == "*" {
        layers = .all
      } else if rest[..<dot].allSatisfy(\.isNumber), let layer = Int(rest[..<dot]) {
        layers = .one(layer)
      }
      if layers != nil { rest = rest[rest.index(after: dot)...] }
    }
    let site =
      HookSite(rawValue: String(rest)) ?? HookSite.bridgeNames[String(rest)]
      ?? (isFull ? nil : HookSite.allCases.first { $0.shortName == rest })
    guard let site, site.isPerLayer ? layers != nil || !isFull : layers == nil && !isFull else {
      throw HookError.unknown(name: name, nearest: Self.nearest(to: name))
    }
    self.init(site, layers: layers ?? .all)
  }

  /// The points of a model that the pattern stands for, in the order of layers.
  ///
  /// - Throws: ``HookError/noSuchLayer(name:layer:layers:)`` if the model has too few layers,
  ///   ``HookError/absent(name:family:sites:)`` if its architecture has no such site.
  public func points(in configuration: ModelConfiguration) throws -> [HookPoint] {
    guard site.exists(in: configuration) else {
      throw HookError.absent(
        name: description, family: configuration.family.rawValue,
        sites: HookSite.all(in: configuration).map(\.rawValue))
    }
    guard site.isPerLayer else { return [HookPoint(site)] }
    let chosen =
      switch layers {
      case .all: Array(0..<configuration.layers)
      case .one(let layer): [layer]
      case .some(let list): Array(Set(list)).sorted()
      }
    for layer in chosen where layer < 0 || layer >= configuration.layers {
      throw HookError.noSuchLayer(name: description, layer: layer, layers: configuration.layers)
    }
    return chosen.map { HookPoint(site, layer: $0) }
  }

  /// The pattern as it is written: `blocks.*.hook_resid_post`.
  public var description: String {
    guard site.isPerLayer else { return site.rawValue }
    return switch layers {
    case .all: "blocks.*.\(site.rawValue)"
    case .one(let layer): "blocks.\(layer).\(site.rawValue)"
    case .some(let list): "blocks.{\(list.map(String.init).joined(separator: ","))}.\(site.rawValue)"
    }
  }

  /// The valid name that is nearest, with the layer that was asked for.
  private static func nearest(to name: String) -> String? {
    let layer = name.split(separator: ".").first { Int($0) != nil }.map(String.init) ?? "*"
    let candidates = HookSite.allCases.flatMap { site in
      [site.isPerLayer ? "blocks.\(layer).\(site.rawValue)" : site.rawValue, site.shortName]
    }
    return NearestName.of(name, among: candidates)
  }
}
