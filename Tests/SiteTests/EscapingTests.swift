import Experiment
import Foundation
import Site
import Statistics
import Tensor
import Testing

@Suite("What models and records say")
struct EscapingTests {
  private let workspace = Workspace()

  /// A record that is hostile wherever text can stand.
  private var record: Record {
    let bad = SampleReport.hostile
    var results = Results()
    results.values = [bad: .text(bad), "group": .group([bad: .list([.text(bad)])])]
    results.headline = [bad]
    results.notes = [bad]
    results.figures = [Figure(name: bad, caption: bad, content: .bars(SampleReport.bars))]
    results.tables = [
      Table(
        name: "../../\(bad)", caption: bad, columns: [.init(bad, format: bad), .init(bad, isModelText: true)],
        rows: [[.text(bad), .text(bad)], [.text(bad)], []])
    ]
    results.galleries = [
      Gallery(caption: bad, entries: [.init(prompt: bad, responses: [.init(arm: bad, text: bad, labels: [bad])])])
    ]
    var record = SampleReport.record()
    record.cells = [
      Record.Cell(label: "harmfulness", kind: bad, key: Digest(of: bad), failure: bad, results: results),
      Record.Cell(label: "../../escape", kind: bad, key: Digest(of: bad), results: results),
    ]
    record.claims = [
      Record.Claim(
        label: "words", says: bad, verdict: .refuted,
        expectations: [.init(source: bad, verdict: .inconclusive, values: [bad: .text(bad)])])
    ]
    record.inputs.models = [.init(name: bad, digest: Digest(of: bad))]
    record.inputs.overrides = [bad: bad]
    return record
  }

  @Test("Nothing that a record holds becomes markup, an attribute, or an invisible character.")
  func escapes() throws {
    var page = SampleReport.page(record)
    page.trailers = [SampleReport.hostile: SampleReport.hostile]
    page.history[0].subject = SampleReport.hostile
    try workspace.render([page])
    let files = try workspace.files()
    for (path, data) in files where path.hasSuffix(".html") || path.hasSuffix(".svg") {
      let text = String(decoding: data, as: UTF8.self)
      #expect(!text.contains("<script>alert") && !text.contains("\" onload"), "\(path)")
      for scalar in ["\u{0}", "\u{1B}", "\u{202E}", "\u{2066}"] as [Unicode.Scalar] {
        #expect(!text.unicodeScalars.contains(scalar), "\(scalar.value) in \(path)")
      }
      // A mark that combines with the sign before it does not hide the sign.
      let scalars = Array(text.unicodeScalars)
      #expect(!zip(scalars, scalars.dropFirst()).contains { $0 == "<" && $1 == "\u{338}" }, "\(path)")
    }
    let root = workspace.output.standardizedFileURL.path
    let parent = try FileManager.default.contentsOfDirectory(atPath: workspace.root.path)
    #expect(parent == ["public"], "nothing is written outside \(root)")
  }

  @Test("Special tokens are chips, and invisible characters are spelled out.")
  func tokens() throws {
    try workspace.render([SampleReport.page()])
    let html = try workspace.read("harmfulness-by-layer.html")
    #expect(html.contains("<span class=\"token\">&lt;|end|&gt;</span>"))
    #expect(html.contains("<span class=\"token\">&lt;/think&gt;</span>"))
    #expect(html.contains("<span class=\"control\">⟨U+202E⟩</span>"))
    #expect(html.contains("<span class=\"control\">␀</span>"))
  }

  @Test(
    "A name that leads out of the report's folder is refused.", arguments: ["../x", "a//b", "/x", "", "a/..", ".x"])
  func names(_ name: String) {
    var record = SampleReport.record()
    record.experiment = name
    #expect(throws: SiteError.badName(name)) { try workspace.render([SampleReport.page(record)]) }
    #expect(!FileManager.default.fileExists(atPath: workspace.output.path))
  }

  @Test("Experiments that are called like other pages have pages of their own.")
  func collisions() throws {
    let pages = ["index", "a", "a-history"].map { name in
      var record = SampleReport.record()
      record.experiment = name
      return SampleReport.page(record)
    }
    let urls = try workspace.render(pages)
    #expect(Set(urls).count == 7)
    #expect(try workspace.read("index.html").contains("class=\"experiments\""))
  }
}
