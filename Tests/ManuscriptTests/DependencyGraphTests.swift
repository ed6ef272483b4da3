import Manuscript
import Testing

@Suite("Dependency graph")
struct DependencyGraphTests {
  @Test("Each name comes after what it needs, otherwise in the order given.")
  func order() throws {
    var graph = DependencyGraph(nodes: ["c", "b", "a", "d"])
    graph.add("c", needs: "a")
    graph.add("a", needs: "d")
    graph.add("c", needs: "a")
    #expect(try graph.order() == ["d", "a", "c", "b"])
    #expect(graph.dependencies(of: "c") == ["a"])
  }

  @Test("A circle is named in full.")
  func cycles() throws {
    var graph = DependencyGraph(nodes: ["x", "a", "b"])
    graph.add("x", needs: "a")
    graph.add("a", needs: "b")
    graph.add("b", needs: "a")
    let cycle = try #require(throws: DependencyGraph.Cycle.self) { try graph.order() }
    #expect(cycle.path == ["a", "b", "a"])
    #expect(cycle.description == "a → b → a")
    var own = DependencyGraph()
    own.add("a", needs: "a")
    #expect(try #require(throws: DependencyGraph.Cycle.self) { try own.order() }.path == ["a", "a"])
  }

  @Test("Random acyclic graphs are ordered, and long chains do not exhaust the stack.")
  func random() throws {
    for _ in 0..<50 {
      var graph = DependencyGraph(nodes: (0..<30).map(String.init))
      for _ in 0..<60 {
        let (one, other) = (Int.random(in: 0..<30), Int.random(in: 0..<30))
        if one != other { graph.add(String(max(one, other)), needs: String(min(one, other))) }
      }
      let order = try graph.order()
      #expect(Set(order) == Set(graph.nodes))
      for (index, node) in order.enumerated() {
        #expect(graph.dependencies(of: node).allSatisfy { order[..<index].contains($0) })
      }
    }
    var chain = DependencyGraph()
    for index in 0..<20_000 { chain.add("\(index)", needs: "\(index + 1)") }
    #expect(try chain.order().first == "20000")
  }
}
