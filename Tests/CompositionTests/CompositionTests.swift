import Bundle
import Experiment
import Foundation
import Manuscript
import Runner
import Testing

/// `{numbers}`: values that are known, under a seed's name.
private enum NumbersCell: CellKind {
  struct Settings: CellSettings {
    var plus = 0
    static let keys: [SettingKey<Settings>] = [.optional("plus", \.plus, "What is added to each number.")]
  }

  static let name = "numbers"
  static let version = 1
  static let summary = "Has numbers."
  static let usesModel = false

  static func run(_ settings: Settings, in context: CellContext) throws -> Results {
    let plus = Double(settings.plus)
    var results = Results()
    results.values = [
      "best": .group(["auroc": .estimate(.init(value: 0.5 + plus, low: 0.25 + plus, high: 0.75 + plus, n: 8))]),
      "layer": .number(3 + plus), "name": "last", "nothing": .number(.nan),
      "open": .list([.estimate(.init(value: plus, low: .nan, high: .infinity)), 1]),
      "curve": .list([.number(plus), "not reached", .estimate(.init(value: 2 + plus, low: 1, high: 4, n: 8))]),
      "doses": .list([0, 0.5, 1]),
    ]
    return results
  }
}

@Suite("Composition of other cells' results")
struct CompositionTests {
  private func record(_ cells: String) throws -> (Record, String) {
    let sources = (0...1).map { "```{numbers}\nlabel: n\($0)\nplus: \($0)\n```\n\n" }.joined()
    let experiment = try Experiment(
      name: "x", source: "---\ntitle: X\n---\n\n" + sources + cells, file: "x.md", overrides: [:],
      registry: Registry(bundledCells + [NumbersCell.self]))
    let shelf = Shelf(root: FileManager.default.temporaryDirectory)
    try Runner(shelf: shelf, store: .none).check(experiment)
    let outcome = try Runner(shelf: shelf, store: .none).run(experiment)
    return (outcome.record, outcome.failures.map { "\($0)" }.joined(separator: "\n"))
  }

  private func problems(_ cells: String) throws -> String {
    do {
      return try record(cells).1
    } catch let problems as Problems {
      return problems.description
    }
  }

  private static let table = """
    ```{table}
    label: t
    caption: By seed.
    corner: seed
    columns: [AUROC, Layer, Where]
    rows:
      seed 1: [n0.best.auroc, n0.layer, n0.name]
      seed 2: [n1.best.auroc, "n1.curve[2]", n1.name]
    ```
    """

  @Test("A table holds the values as they are, and says of each column of numbers its least, mean and most.")
  func table() throws {
    let (record, failures) = try record(Self.table)
    #expect(failures.isEmpty)
    let results = try #require(record.cell("t")).results
    let table = try #require(results.tables.first)
    #expect(table.columns.map(\.title) == ["seed", "AUROC", "Layer", "Where"])
    #expect(table.rows.map { $0[0] } == ["seed 1", "seed 2"])
    #expect(table.rows[0][1] == record.cell("n0")?.results.values["best"]?["auroc"])
    #expect(table.rows[1][2]["high"] == .number(4) && table.rows[0][3] == "last")
    #expect(results.values["auroc"] == .group(["least": 0.5, "most": 1.5, "mean": 1, "n": 2]))
    #expect(results.values["layer"]?["mean"] == 3 && results.values["where"] == nil)
    #expect(results.headline == ["auroc.mean", "layer.mean"])
  }

  @Test("Where one value of a column is no number, neither its least nor its mean nor its most is, wherever it stands.")
  func notANumber() throws {
    for values in ["[n0.nothing], b: [n0.layer]", "[n0.layer], b: [n0.nothing]"] {
      let (record, failures) = try record(
        "```{table}\nlabel: t\ncolumns: [a]\nrows: { a: \(values) }\n```\n\n"
          + "```{claim}\nlabel: c\nsays: All are small.\nexpect:\n  - t.a.most < 9\n  - t.a.least < 9\n```\n")
      #expect(failures.isEmpty)
      let column = try #require(record.cell("t")?.results.values["a"])
      for name in ["least", "mean", "most"] {
        #expect(column[name]?.estimate?.value.isNaN == true, "\(values): \(name)")
      }
      #expect(record.claims.map(\.verdict) == [.inconclusive])
    }
  }

  @Test("Lists become curves over each other, without a point where nothing was measured.")
  func overlay() throws {
    let (record, failures) = try record(
      "```{figure}\nlabel: f\nat: n0.doses\nx: dose\ny: score\ncontrols: [two]\nvalues: { one: n0.curve, two: n1.curve }\n```\n"
    )
    #expect(failures.isEmpty)
    let figures = try #require(record.cell("f")).results.figures
    guard figures.count == 1, case .lines(let chart) = figures[0].content else {
      Issue.record("\(figures)")
      return
    }
    #expect(figures[0].isPanel == nil && chart.xAxis.title == "dose" && chart.yAxis.range == nil)
    #expect(chart.series.map(\.name) == ["one", "two"] && chart.series.map(\.role) == [.effect, .null])
    #expect(chart.series[0].x == [0, 1] && chart.series[1].y.map(\.value) == [1, 3])
  }

  @Test("Panels share one vertical range; single values become bars, grouped by panel.")
  func panels() throws {
    let (record, failures) = try record(
      """
      ```{figure}
      label: curves
      values: { seed 1: { a: n0.curve }, seed 2: { a: n1.curve } }
      ```

      ```{figure}
      label: bars
      baselines: [AUROC]
      values: { seed 1: { AUROC: n0.best.auroc, layer: n0.layer }, seed 2: { AUROC: n1.best.auroc } }
      ```
      """)
    #expect(failures.isEmpty)
    let curves = try #require(record.cell("curves")).results.figures
    #expect(curves.map(\.caption) == ["seed 1", "seed 2"] && curves.allSatisfy { $0.isPanel == true })
    let ranges = curves.map { figure -> [Double]? in
      guard case .lines(let chart) = figure.content else { return nil }
      return chart.yAxis.range
    }
    #expect(ranges == [[0, 4], [0, 4]])
    let bars = try #require(record.cell("bars")).results.figures
    guard bars.count == 1, case .bars(let chart) = bars[0].content else {
      Issue.record("\(bars)")
      return
    }
    #expect(chart.groups.map(\.name) == ["seed 1", "seed 2"] && chart.groups.map(\.bars.count) == [2, 1])
    #expect(chart.groups[0].bars[0].role == .baseline && chart.groups[1].bars[0].value.high == 1.75)
  }

  @Test("An interval without ends leaves panels with the range of what has some.")
  func openIntervals() throws {
    let (record, failures) = try record(
      "```{figure}\nlabel: f\nvalues: { seed 1: { a: n0.open }, seed 2: { a: n1.open } }\n```\n")
    #expect(failures.isEmpty)
    let ranges = try #require(record.cell("f")).results.figures.map { figure -> [Double]? in
      guard case .lines(let chart) = figure.content else { return nil }
      return chart.yAxis.range
    }
    #expect(ranges == [[0, 1], [0, 1]])
  }

  @Test("What is missing, or of another form, is told with its place.")
  func mistakes() throws {
    let cases = [
      ("```{table}\nlabel: t\ncolumns: [a, b]\nrows: { x: [n0.layer] }\n```", "has 1 value"),
      ("```{table}\nlabel: t\ncolumns: [\"a b\", a-b]\nrows: { x: [n0.layer, n1.layer] }\n```", "both be called “a_b”"),
      ("```{table}\nlabel: t\ncolumns: [a]\nrows: { x: [n0.lyer] }\n```", "unknown value “lyer” in “n0”"),
      ("```{table}\nlabel: t\ncolumns: [a]\nrows: { x: [n0.layer.low] }\n```", "“n0.layer” has no part"),
      ("```{table}\nlabel: t\ncolumns: [a]\nrows: { x: [n7.layer] }\n```", "n7"),
      ("```{table}\nlabel: t\ncolumns: [a]\nrows: { x: [n0.layer + 1] }\n```", "is no name of a value"),
      ("```{figure}\nlabel: f\nvalues: { a: n0.curve, b: n0.layer }\n```", "a list, as the first value is"),
      ("```{figure}\nlabel: f\nvalues: { a: n0.name }\n```", "“n0.name” cannot be drawn here"),
      ("```{figure}\nlabel: f\ncontrols: [c]\nvalues: { a: n0.layer }\n```", "unknown name “c” in “values”"),
      ("```{figure}\nlabel: f\nat: n0.layer\nvalues: { a: n0.curve }\n```", "a list of numbers"),
      ("```{figure}\nlabel: f\nvalues: [n0.curve]\n```", "a map from names to values"),
    ]
    for (cells, text) in cases {
      let message = try problems(cells + "\n")
      #expect(message.contains(text) && message.contains("x.md:"), "\(cells): \(message)")
    }
  }
}
