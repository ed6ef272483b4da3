import Manuscript
import Transformer

/// A hook site in documents: its TransformerLens name, or the short form (`resid_post`).
public struct Site: SettingValue, Hashable {
  /// The site.
  public let hook: HookSite

  /// A setting for a site.
  public init(_ hook: HookSite) {
    self.hook = hook
  }

  /// The residual stream that leaves a block.
  public static let residPost = Site(.residPost)
  /// The residual stream that a block reads.
  public static let residPre = Site(.residPre)

  /// What may be written, for messages and documentation.
  public static var form: String { "a hook site such as resid_post, attn_out or z" }
  /// The value as a document would write it.
  public var written: String { hook.shortName }

  /// Reads the value; see ``SettingValue/read(_:)``.
  public static func read(_ yaml: YAMLValue) throws(Problem) -> Site {
    guard let name = yaml.string else { throw mismatch(yaml) }
    // Names of every kind that hooks have, but of no one layer.
    guard let pattern = try? HookPattern(name), case .all = pattern.layers else {
      throw Problem.unknown(name, kind: "hook", allowed: HookSite.allCases.map(\.shortName), at: yaml.location)
    }
    return Site(pattern.site)
  }
}
