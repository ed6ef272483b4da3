/// Which names need which, and an order in which each comes after what it needs.
public struct DependencyGraph: Sendable {
  /// The names, in the order that ties are broken by.
  public private(set) var nodes: [String]
  private var needs: [String: [String]]

  /// Names that need each other in a circle, so that none can come first.
  public struct Cycle: Error, Sendable, Hashable, CustomStringConvertible {
    /// The circle; the first name stands again at the end.
    public let path: [String]

    /// `a → b → a`.
    public var description: String { path.joined(separator: " → ") }
  }

  /// A graph of names without dependencies yet.
  public init(nodes: [String] = []) {
    self.nodes = []
    self.needs = [:]
    for node in nodes { add(node) }
  }

  /// Adds a name, unless it is there.
  public mutating func add(_ node: String) {
    guard needs[node] == nil else { return }
    nodes.append(node)
    needs[node] = []
  }

  /// Says that one name needs another; both are added if they are new.
  public mutating func add(_ node: String, needs other: String) {
    add(node)
    add(other)
    if needs[node]?.contains(other) == false { needs[node]?.append(other) }
  }

  /// What a name needs directly, in the order it was said.
  public func dependencies(of node: String) -> [String] { needs[node] ?? [] }

  /// The names, each after everything it needs, otherwise in their own order.
  ///
  /// Complexity: O(names + dependencies).
  /// - Throws: ``Cycle`` with the circle that was found first.
  public func order() throws(Cycle) -> [String] {
    var done = Set<String>()
    var result: [String] = []
    for start in nodes where !done.contains(start) {
      var trail: [(node: String, next: Int)] = [(start, 0)]
      var onTrail: Set<String> = [start]
      while let (node, next) = trail.last {
        let dependencies = dependencies(of: node)
        guard next < dependencies.count else {
          trail.removeLast()
          onTrail.remove(node)
          done.insert(node)
          result.append(node)
          continue
        }
        trail[trail.count - 1].next += 1
        let dependency = dependencies[next]
        if onTrail.contains(dependency) {
          let circle = trail.map(\.node).drop { $0 != dependency }
          throw Cycle(path: circle + [dependency])
        }
        if !done.contains(dependency) {
          trail.append((dependency, 0))
          onTrail.insert(dependency)
        }
      }
    }
    return result
  }
}
