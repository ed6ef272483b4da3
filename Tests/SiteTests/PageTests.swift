import Experiment
import Foundation
import Manuscript
import Site
import Statistics
import Tensor
import Testing

@Suite("Pages")
struct PageTests {
  private let workspace = Workspace()

  @Test("The index comes first, then each experiment's page and history.")
  func places() throws {
    let urls = try workspace.render([SampleReport.page(), SampleReport.training])
    let root = workspace.output.path + "/"
    #expect(
      urls.map { $0.path.replacing(root, with: "") } == [
        "index.html", "harmfulness-by-layer.html", "harmfulness-by-layer-history.html", "drafts/aligned-small.html",
        "drafts/aligned-small-history.html",
      ])
    #expect(urls.allSatisfy { FileManager.default.fileExists(atPath: $0.path) })
  }

  @Test("Equal records give equal files to the byte.")
  func deterministic() throws {
    let other = Workspace()
    try workspace.render([SampleReport.page(), SampleReport.training])
    try other.render([SampleReport.page(), SampleReport.training])
    #expect(try workspace.files() == other.files())
  }

  @Test("A number in prose links to its cell and says precision, interval, n, commit and digest.")
  func inlineValues() throws {
    try workspace.render([SampleReport.page()])
    let html = try workspace.read("harmfulness-by-layer.html")
    let estimate = SampleReport.auroc(0, 7)
    #expect(
      html.contains("href=\"#cell-harmfulness\" title=\"harmfulness.best.auroc = \(estimate.value)\n95% interval"))
    #expect(html.contains(">\(String(format: "%.3f", estimate.value))</a>"))
    let cell = try #require(SampleReport.record().cell("harmfulness"))
    #expect(html.contains("cell harmfulness {probe} \(cell.key.short)"))
    #expect(html.contains("href=\"#provenance\" title=\"model.layers = 11"))
  }

  @Test("A value that is missing shows a mark with the reason in place of a number.")
  func missingValues() throws {
    try workspace.render([SampleReport.page()])
    let html = try workspace.read("harmfulness-by-layer.html")
    #expect(html.contains("title=\"cell “broken” failed: the intervention never fired"))
    #expect(html.contains(">no value</span>"))
  }

  @Test("Cross references are numbered links to what they name.")
  func references() throws {
    try workspace.render([SampleReport.page()])
    let html = try workspace.read("harmfulness-by-layer.html")
    for (id, words) in [
      ("fig-harmfulness", "Figure 1"), ("fig-refusal", "Figure 3"), ("tbl-harmfulness", "Table 1"),
      ("claim-early-mid", "claim “early-mid”"),
    ] {
      #expect(html.contains("href=\"#\(id)\">\(words)</a>"), "\(id)")
      #expect(html.contains("id=\"\(id)\""), "\(id)")
    }
    #expect(html.contains("<strong>Figure 2.</strong>"))
    #expect(html.contains("href=\"#fig-harmfulness.layers\">Figure 2</a>"), "one of several, by its name")
    let missing = "“harmfulness” has no figure “places” in this record"
    #expect(html.contains("title=\"\(missing)\">@fig-harmfulness.places</span>"))
  }

  @Test("Every link to a file or a place of the same page leads somewhere.")
  func links() throws {
    try workspace.render([SampleReport.page(), SampleReport.training])
    for (path, data) in try workspace.files() where path.hasSuffix(".html") {
      let html = String(decoding: data, as: UTF8.self)
      let folder = workspace.output.appending(path: path).deletingLastPathComponent()
      for match in html.matches(of: /(?:href|src)="([^"]*)"/) {
        let target = String(match.1)
        if target.hasPrefix("data:") { continue }
        if target.hasPrefix("#") {
          #expect(html.contains("id=\"\(target.dropFirst())\""), "\(target) in \(path)")
        } else {
          let file = folder.appending(path: target.removingPercentEncoding ?? target).standardizedFileURL
          #expect(FileManager.default.fileExists(atPath: file.path), "\(target) in \(path)")
        }
      }
    }
  }

  @Test("Identifiers are unique on a page.")
  func identifiers() throws {
    try workspace.render([SampleReport.page()])
    let ids = try workspace.read("harmfulness-by-layer.html").matches(of: #/ id="([^"]*)"/#).map { String($0.1) }
    #expect(ids.count == Set(ids).count)
  }

  @Test("Claims show each expectation with its values and its verdict; failed cells show why.")
  func claims() throws {
    try workspace.render([SampleReport.page()])
    let html = try workspace.read("harmfulness-by-layer.html")
    for verdict in Verdict.allCases { #expect(html.contains("<section class=\"claim \(verdict)\"")) }
    #expect(html.contains("<code>harmfulness.best.layer &lt; 0.66 * model.layers</code>"))
    #expect(html.contains("<span class=\"verdict refuted\">1 refuted</span>"))
    #expect(html.contains("<strong>This cell failed.</strong> the intervention never fired"))
    #expect(html.contains("1 cell failed"))
  }

  @Test("The provenance names every input by digest and the command that makes the results again.")
  func provenance() throws {
    try workspace.render([SampleReport.page(), SampleReport.training])
    let html = try workspace.read("harmfulness-by-layer.html")
    let inputs = SampleReport.record().inputs
    for digest in [inputs.document, inputs.models[0].digest, inputs.data[0].digest] {
      #expect(html.contains(digest.hex))
    }
    #expect(html.contains("<code>palimpsest run experiments/harmfulness-by-layer.md</code>"))
    let training = try workspace.read("drafts/aligned-small.html")
    #expect(training.contains("palimpsest run experiments/drafts/aligned-small.md --set &#39;steps=10; rm -rf&#39;"))
  }

  @Test("The page shows how the model reads its data, token by token and escaped, and how far it is from float64.")
  func prompts() throws {
    try workspace.render([SampleReport.page()])
    let html = try workspace.read("harmfulness-by-layer.html")
    #expect(html.contains("<h3>aligned-small reads requests</h3>"))
    #expect(html.contains("12 prompts of 9 to 14 tokens, half of them at most 11."))
    #expect(html.contains("On 4 prompts the engine stays within 2.5e-06"))
    #expect(html.contains("id=\"tbl-prompts-1.parity\""))
    #expect(html.contains("object, instruction[-1]"))
    #expect(!html.contains("<b>drum</b>"))
    let record = SampleReport.record()
    #expect(
      try Record(experiment: record.experiment, files: try record.files { _ in "" }).promptSets == record.promptSets)
    var files = try record.files { _ in "" }
    files["prompts.json"] = nil
    #expect(try Record(experiment: record.experiment, files: files).promptSets.isEmpty)
  }

  @Test("Data stand beside a page: the CSV and the specification of each figure, and each table.")
  func data() throws {
    try workspace.render([SampleReport.page()])
    let folder = "data/harmfulness-by-layer/"
    let csv = try workspace.read(folder + "figures/harmfulness.csv")
    #expect(csv.hasPrefix("position,layer (resid_post),AUROC,AUROC low,AUROC high,AUROC n\r\nobject,0,"))
    #expect(csv.split(separator: "\r\n").count == 55)
    let spec = try Data(contentsOf: workspace.output.appending(path: folder + "figures/harmfulness.json"))
    let figure = try CanonicalJSON.decode(Figure.self, from: spec)
    #expect(figure == SampleReport.record().cell("harmfulness")?.results.figures[0])
    #expect(try workspace.read(folder + "figures/harmfulness.svg") == SVG.drawing(figure))
    #expect(try workspace.read(folder + "tables/harmfulness.csv").contains("best probe,"))
    #expect(try workspace.read(folder + "experiment.md") == SampleReport.document)
  }

  @Test("A history marks moves whose intervals do not touch, and draws the headline values.")
  func history() throws {
    try workspace.render([SampleReport.page()])
    let html = try workspace.read("harmfulness-by-layer-history.html")
    #expect(html.matches(of: /class="move up"/).count == 1)
    #expect(!html.contains("class=\"move down\""))
    #expect(html.contains("<figure><svg class=\"plot wide\""))
    #expect(html.matches(of: /<td class="subject">/).count == 6)
  }

  @Test("A history says which inputs changed, and of a value without an interval no more than that it differs.")
  func historyOfInputs() throws {
    var page = SampleReport.page()
    page.history[0].inputs = [
      .init(name: "document", before: Digest(of: "a").hex, after: Digest(of: "b").hex),
      .init(name: "seed", before: "17", after: "18"), .init(name: "set folds", before: nil, after: "9"),
      .init(name: "data more", before: Digest(of: "c").hex, after: nil),
    ]
    page.history[1].inputs = []
    page.history[0].headline = [("harmfulness.best.layer", 8)]
    page.history[1].headline = [("harmfulness.best.layer", 7)]
    try workspace.render([page])
    let html = try workspace.read("harmfulness-by-layer-history.html")
    #expect(html.contains("</span> document, seed 17 → 18, set folds 9 (new), data more (gone)</p>"))
    #expect(html.matches(of: /<p class="inputs">/).count == 2 && html.contains("</span> none</p>"))
    let row = try #require(html.firstRange(of: "<td class=\"subject\">")).lowerBound
    #expect(html[..<row].contains("<span class=\"remark\">changed; no interval</span>"))
    #expect(!html[..<row].contains("move up"))
  }

  @Test("A history folds the headline values that its table has no room for, and counts those that moved.")
  func historyOfManyValues() throws {
    var page = SampleReport.page()
    func values(_ shift: Double) -> [(path: String, value: Value)] {
      (0..<7).map { ("a.b_\($0)", .estimate(Estimate(value: shift, low: shift - 1, high: shift + 1))) }
    }
    page.history = Array(page.history.prefix(2))
    (page.history[0].headline, page.history[1].headline) = (values(9), values(1))
    page.record.cells = []
    try workspace.render([page])
    let html = try workspace.read("harmfulness-by-layer-history.html")
    #expect(html.matches(of: /<th class="number">/).count == 4)
    #expect(html.contains("<th class=\"number\">a.<wbr>b_<wbr>0</th>"))
    #expect(html.contains("<summary>3 more values, 3 moved beyond the interval</summary>"))
    #expect(html.contains("<dt>a.b_6</dt><dd><span class=\"move up\">9.000</span>"))
  }

  @Test("A value whose cell was run again since the prose was last edited says so, and what it was then.")
  func rerunValues() throws {
    var page = SampleReport.page()
    var old = SampleReport.record(-0.15)
    old.cells[0].key = Digest(of: "another probe")
    page.asWritten = old
    try workspace.render([page])
    let html = try workspace.read("harmfulness-by-layer.html")
    let then = Value.estimate(SampleReport.auroc(0, 7, -0.15)).formatted
    #expect(html.contains("run again since the prose was last edited; it was \(then) then"))
    #expect(html.contains("run again since the prose was last edited, with the same value"))
    #expect(html.matches(of: /class="value rerun"/).count == 3)
    page.asWritten = SampleReport.record(-0.15)
    try workspace.render([page])
    #expect(try !workspace.read("harmfulness-by-layer.html").contains("rerun"), "a cell of the same key did not run")
  }

  @Test("Prose is what stands outside the cells: the words, the title and the values they quote.")
  func prose() {
    func prose(_ old: String, _ new: String) -> Digest {
      var record = SampleReport.record()
      record.document = record.document.replacing(old, with: new)
      return record.prose
    }
    let own = SampleReport.record().prose
    for (old, new) in [("site: resid_post", "site: resid_mid"), ("seed: 17", "seed: 18"), ("> 0.9", "> 0.8")] {
      #expect(prose(old, new) == own, "\(new)")
    }
    for (old, new) in [
      ("No single word", "Not one word"), ("title: Where", "title: When"), ("best.auroc | %.3f", "best.auroc | %.2f"),
      ("and held to", "and put to"),
    ] {
      #expect(prose(old, new) != own, "\(new)")
    }
  }

  @Test("What was measured is shown with the same digits in the figure and in the table.")
  func observations() throws {
    var page = SampleReport.page()
    let measured = Observation("in all", unit: "times", values: [5.47519593420007], predicted: 5.47519593420007)
    page.observations = ["refusal": [try #require(Observation(line: measured.line))]]
    try workspace.render([page])
    let html = try workspace.read("harmfulness-by-layer.html")
    #expect(html.contains(">5.48</text>") && html.contains("<td class=\"number\">5.475</td>"))
    #expect(!html.contains(">5.47</text>"))
  }

  @Test("Every page begins with a way past its header, and all that scrolls can be reached by keyboard.")
  func keyboard() throws {
    try workspace.render([SampleReport.page(), SampleReport.training])
    for (path, data) in try workspace.files() where path.hasSuffix(".html") {
      let html = String(decoding: data, as: UTF8.self)
      #expect(html.contains("<a class=\"skip\" href=\"#page.content\">") && html.contains("<main id=\"page.content\""))
      #expect(!html.contains(/<pre(?! [^>]*tabindex="0")/), "\(path)")
      let tables = html.matches(of: /<table/).count
      let frames = html.matches(of: /<div class="frame" tabindex="0" role="region" aria-label="[^"]+">\s*<table/).count
      #expect(frames == tables, "\(path)")
    }
    let html = try workspace.read("harmfulness-by-layer.html")
    #expect(html.contains("aria-label=\"stage, what happens\"><table>"))
  }

  @Test("The index shows finding, verdict, headline value, sparkline, model, date and tags of each experiment.")
  func index() throws {
    try workspace.render([SampleReport.page(), SampleReport.training])
    let html = try workspace.read("index.html")
    #expect(html.contains("<a href=\"harmfulness-by-layer.html\">Where does harmfulness become readable?</a>"))
    #expect(html.contains("Harmfulness is readable in the first two thirds of the layers"))
    #expect(html.contains("<span class=\"verdict supported\">1 supported</span>"))
    #expect(html.contains("<svg class=\"plot spark\""))
    #expect(html.contains("aligned-small") && html.contains("2026-09-21"))
    #expect(html.contains("data-facets=\"tag claim-A\ntag probing\nmodel aligned-small\""))
  }

  @Test("Long tables are folded, with all their rows inside.")
  func longTables() throws {
    var record = SampleReport.record()
    record.cells[1].results.tables = [
      Table(caption: "many", columns: [.init("n")], rows: (0..<40).map { [.integer($0)] })
    ]
    try workspace.render([SampleReport.page(record)])
    let html = try workspace.read("harmfulness-by-layer.html")
    #expect(html.contains("<details class=\"long\"><summary>40 rows</summary>"))
    #expect(html.contains("<td class=\"number\">39</td>"))
    #expect(html.matches(of: /<details/).count == html.matches(of: /<\/details>/).count)
  }

  @Test("A project without results has an index that says what to do.")
  func empty() throws {
    #expect(try workspace.render([]).count == 1)
    #expect(try workspace.read("index.html").contains("<code>palimpsest run</code>"))
  }

  @Test("A document that cannot be read is shown as it is, with its results beside it.")
  func unreadableDocument() throws {
    var record = SampleReport.record()
    record.document = "---\ntitle: [\n---\n<b>text</b>"
    try workspace.render([SampleReport.page(record)])
    let html = try workspace.read("harmfulness-by-layer.html")
    #expect(html.contains("cannot read the document"))
    #expect(html.contains("&lt;b&gt;text&lt;/b&gt;"))
  }
}
