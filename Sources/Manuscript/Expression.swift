/// An expression over results, as claims and inline values write it.
///
/// ```
/// onset.layer < 0.66 * model.layers
/// max(harmfulness.auroc[3], 0.5) - baseline.bag_of_words.auroc.high >= 0.1 and not control.significant
/// ```
/// Names may hold hyphens where no space surrounds them: `a-b` is a name, `a - b` a difference.
/// From loosest to tightest: `or`, `and`, `not`, one comparison (`< <= > >= == !=`), `+ -`, `* /`, unary minus.
public struct Expression: Sendable, Hashable, CustomStringConvertible {
  /// Gives the value of a path, or `nil` if nothing has that name.
  public typealias Resolver = (Path) -> ExpressionValue?

  /// The tree.
  package let root: Node
  /// The text as written.
  public let source: String
  /// Where the text starts.
  public let location: SourceLocation

  /// The text as written.
  public var description: String { source }

  /// A node of the tree and where it stands.
  package struct Node: Sendable, Hashable {
    package let kind: Kind
    package let location: SourceLocation
  }

  /// What a node does.
  package indirect enum Kind: Sendable, Hashable {
    case number(Double)
    case text(String)
    case bool(Bool)
    case path(Path)
    case negate(Node)
    case arithmetic(Arithmetic, Node, Node)
    case compare(Comparison, Node, Node)
    case not(Node)
    case all(Node, Node)
    case any(Node, Node)
    case call(Function, [Node])
  }

  package enum Arithmetic: String, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
  }

  package enum Comparison: String, Sendable, CaseIterable {
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case equal = "=="
    case notEqual = "!="
  }

  package enum Function: String, Sendable, CaseIterable {
    case min, max, abs
  }

  /// Words that cannot name a result.
  public static let reservedWords: Set<String> = ["and", "or", "not", "true", "false", "min", "max", "abs"]

  /// Every path that the expression refers to, in the order of the text.
  public var names: [Located<Path>] { Self.names(in: root) }

  private static func names(in node: Node) -> [Located<Path>] {
    switch node.kind {
    case .number, .text, .bool: []
    case .path(let path): [Located(path, at: node.location)]
    case .negate(let operand), .not(let operand): names(in: operand)
    case .arithmetic(_, let left, let right), .compare(_, let left, let right): names(in: left) + names(in: right)
    case .all(let left, let right), .any(let left, let right): names(in: left) + names(in: right)
    case .call(_, let arguments): arguments.flatMap(names)
    }
  }
}
