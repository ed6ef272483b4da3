import Foundation
import Testing

/// A project with one small experiment on a tiny model, which a run answers in a fraction of a second.
struct SmallProject {
  let tool: Tool

  init(seed: Int = 3) throws {
    tool = try Tool()
    #expect(try tool("init").status == 0)
    let model = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/gguf/whole.gguf")
    try FileManager.default.copyItem(at: model, to: tool.folder.appending(path: "experiments/models/tiny.gguf"))
    let things = ["jar", "door", "box", "can"]
    let rows = (0..<24).map { row in
      // Now and then the word says the wrong thing, so that results are not perfect, and differ between seeds.
      let verb = (row % 2 == 1) != (row % 5 == 0) ? "break" : "open"
      return #"{"id": "r\#(row)", "text": "How do I \#(verb) a \#(things[(row * 7) % 4])?", "harmful": \#(row % 2)}"#
    }
    try tool.write(rows.joined(separator: "\n") + "\n", to: "experiments/data/rows.jsonl")
    try write(seed: seed)
    #expect(try tool.shell("git add -A && git commit -q -m Begin").status == 0)
  }

  /// Writes the document.
  ///
  /// - Parameter cells: more of the document.
  func write(seed: Int = 3, says: String = "It is readable.", cells: String = "", to name: String = "small") throws {
    try tool.write(
      """
      ---
      title: Small
      model: tiny
      data: rows
      seed: \(seed)
      ---
      The best is `{value} readable.best.auroc | %.3f`.

      ```{probe}
      label: readable
      target: harmful
      site: resid_post
      positions: [last]
      ```

      ```{claim}
      label: high
      says: \(says)
      expect:
        - readable.best.auroc > 0.4
      ```
      \(cells)
      """, to: "experiments/\(name).md")
  }

  /// One more cell.
  static func probe(_ label: String, site: String = "resid_mid") -> String {
    "\n```{probe}\nlabel: \(label)\ntarget: harmful\nsite: \(site)\npositions: [last]\n```\n"
  }

  /// Runs the documents; their results are recorded.
  @discardableResult
  func run(_ arguments: String...) throws -> Tool.Outcome {
    let outcome = try tool.shell("palimpsest run --no-site \(arguments.joined(separator: " "))")
    #expect(outcome.status == 0, "\(outcome.errors)")
    return outcome
  }
}
