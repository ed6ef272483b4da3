/// A dotted name with indices: `harmfulness.auroc[3].low`.
public struct Path: Sendable, Hashable, CustomStringConvertible {
  /// One step after the first name.
  public enum Step: Sendable, Hashable {
    /// `.name`, or `["name"]` where the name is not a plain word.
    case name(String)
    /// `[index]`; negative indices count from the end.
    case index(Int)
  }

  /// The first name: a label, or a root such as `model`.
  public let root: String
  /// What follows.
  public let steps: [Step]

  /// Makes a path from its first name and what follows.
  public init(_ root: String, _ steps: [Step] = []) {
    self.root = root
    self.steps = steps
  }

  /// The path as an expression writes it.
  public var description: String {
    steps.reduce(into: root) { text, step in
      switch step {
      case .name(let name) where Self.isPlain(name): text += ".\(name)"
      case .name(let name): text += "[\"\(name)\"]"
      case .index(let index): text += "[\(index)]"
      }
    }
  }

  /// The path without its last step, or `nil` if it is a single name.
  public var parent: Path? { steps.isEmpty ? nil : Path(root, Array(steps.dropLast())) }

  /// Whether a step reads back as `.name`.
  private static func isPlain(_ name: String) -> Bool {
    var lexer = Lexer(name)
    return lexer.next()?.kind == .name(name) && lexer.next() == nil
  }
}
