import Experiment
import Foundation
import Site
import Statistics
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite("Figures")
struct SVGTests {
  static let figures = [
    Figure(caption: "map", content: .heatmap(SampleReport.heatmap())),
    Figure(caption: "curves", content: .lines(SampleReport.lines())),
    Figure(caption: "bars", content: .bars(SampleReport.bars)),
  ]

  /// What a drawing must survive: nothing, one thing, no numbers, and text that wants to be markup.
  static var odd: [Figure] {
    let nan = Estimate(value: .nan, low: .nan, high: .infinity)
    let bad = SampleReport.hostile
    return [
      Figure(
        caption: bad,
        content: .heatmap(
          Heatmap(
            rowAxis: .init(bad), rows: [bad, ""], columnAxis: .init(bad, unit: bad), columns: [bad],
            quantity: .init(bad, range: 0.5...0.5), cells: [[nan], []], scale: .diverging, centre: .nan,
            marks: [.init(row: 9, column: -1, label: bad), .init(row: 0, column: 0, label: bad)]))),
      Figure(
        caption: bad,
        content: .heatmap(
          Heatmap(
            rowAxis: .init(""), rows: [], columnAxis: .init(""), columns: [], quantity: .init(""), cells: []))),
      Figure(
        caption: bad,
        content: .lines(
          LineChart(
            xAxis: .init(bad), yAxis: .init(bad, unit: bad),
            series: [
              .init(bad, x: [1, .nan, 3], y: [Estimate(value: 1e308), nan, Estimate(value: -1e308)]),
              .init("one", role: .null, x: [2], y: [Estimate(value: 5, low: 4, high: 6)]),
              .init("none", x: [], y: []), .init("short", role: .baseline, x: [1, 2], y: [Estimate(value: 0)]),
            ], references: [.init(.infinity, bad), .init(0, bad)]))),
      Figure(caption: "", content: .lines(LineChart(xAxis: .init(""), yAxis: .init(""), series: []))),
      Figure(
        caption: bad,
        content: .bars(
          BarChart(
            axis: .init(bad), groups: [.init(bad, [.init(bad, nan), .init(bad, Estimate(value: -3))])],
            references: [.init(.nan, bad)]))),
      Figure(caption: "", content: .bars(BarChart(axis: .init(""), groups: []))),
    ]
  }

  @Test("Equal data give equal bytes, and other data other bytes.", arguments: figures)
  func deterministic(_ figure: Figure) throws {
    let copy = try CanonicalJSON.decode(Figure.self, from: try CanonicalJSON.encode(figure))
    #expect(SVG.drawing(figure) == SVG.drawing(copy))
    var other = figure
    other.caption += "!"
    #expect(SVG.drawing(figure) != SVG.drawing(other))
  }

  @Test("Every drawing is well-formed XML, whatever its data hold.", arguments: figures + odd)
  func wellFormed(_ figure: Figure) {
    let drawing = SVG.drawing(figure)
    let parser = XMLParser(data: Data(drawing.utf8))
    #expect(parser.parse(), "\(parser.parserError.map { "\($0)" } ?? "") in \(drawing.prefix(4000))")
    #expect(!drawing.contains("nan") && !drawing.contains("inf\""))
    #expect(!drawing.contains("<script") && !drawing.contains("\u{202E}") && !drawing.contains("\u{0}"))
  }

  @Test("A drawing stands alone: it names its namespace, its title, and its colours by light and by dark.")
  func standsAlone() {
    for figure in Self.figures {
      let drawing = SVG.drawing(figure)
      #expect(drawing.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\""))
      #expect(drawing.contains("role=\"img\""))
      #expect(drawing.contains("<title>\(figure.caption)</title>"))
      #expect(drawing.contains("prefers-color-scheme:dark"))
    }
  }

  @Test("Coordinates have at most three decimals.")
  func decimals() throws {
    for figure in Self.figures {
      let drawing = SVG.drawing(figure)
      let body = try #require(drawing.range(of: "</style>")).upperBound
      let attributes = drawing[body...].matches(of: /(?: d| x| y| width| height)="([^"]*)"/).map(\.1)
      #expect(attributes.count > 10)
      #expect(!attributes.contains { $0.contains(/\.\d{4}/) || $0.contains(/\de[-+]?\d/) })
    }
  }

  @Test("Each cell of a heat map can be reached by keyboard and says its exact value and interval.")
  func heatmapCells() {
    let drawing = SVG.drawing(Self.figures[0])
    #expect(drawing.matches(of: /<g class="mark cell" tabindex="0"><title>/).count == 55)
    let estimate = SampleReport.auroc(2, 5)
    #expect(
      drawing.contains("AUROC: \(estimate.value)\n95% interval \(estimate.low ?? 0) to \(estimate.high ?? 0)\nn = 1200")
    )
    #expect(drawing.contains("not measured"))
    #expect(drawing.contains(">post_instruction[0]</text>"))
    #expect(drawing.matches(of: /class="single inner"/).count == 2, "the marked cell and its key")
  }

  @Test("A map of counts has whole numbers, any other two decimals.")
  func counts() {
    func numbers(_ values: [Double?]) -> [String] {
      let map = Heatmap(
        rowAxis: .init("by hand"), rows: ["all"], columnAxis: .init("by the rules"),
        columns: values.indices.map { "c\($0)" }, quantity: .init("responses"),
        cells: [values.map { $0.map { Estimate(value: $0) } }])
      return SVG.drawing(Figure(caption: "", content: .heatmap(map)))
        .matches(of: /class="number"[^>]*>([^<]*)</).map { String($0.1) }
    }
    #expect(numbers([7, 0, nil, -3, 1200]) == ["7", "0", "−3", "1200"])
    #expect(numbers([1, 0, 0.5, -0.25]) == ["1.00", ".00", ".50", "−.25"])
  }

  @Test("Names that are cut keep the index at their end, which tells positions apart.")
  func cutNames() {
    let name = "a_position_whose_name_is_far_too_long_for_the_room_beside_a_map"
    let cell = Estimate(value: 1)
    let map = Heatmap(
      rowAxis: .init("position"), rows: ["\(name)[0]", "\(name)[-1]"], columnAxis: .init("layer"), columns: ["0"],
      quantity: .init("AUROC"), cells: [[cell], [cell]])
    let drawing = SVG.drawing(Figure(caption: "", content: .heatmap(map)))
    #expect(drawing.contains("…[0]<") && drawing.contains("…[-1]<"), "\(drawing)")
  }

  @Test("Names that go on behind their index keep it too, and what follows as far as there is room.")
  func cutNamesOfTokens() {
    func names(_ rows: [String]) -> [String] {
      let map = Heatmap(
        rowAxis: .init("position"), rows: rows, columnAxis: .init("layer"), columns: ["0"], quantity: .init("AUROC"),
        cells: rows.map { _ in [Estimate(value: 1)] })
      return SVG.drawing(Figure(caption: "", content: .heatmap(map)))
        .matches(of: /class="label"[^>]*>([^<]*)</).map { String($0.1) }
    }
    let name = "the_part_of_the_prompt_that_follows_the_instruction"
    let cut = names(["\(name)[0] <|end|>", "\(name)[1] <|end|>", "\(name)[-1]"])
    #expect(Set(cut).count == 3 && cut.allSatisfy { $0.hasPrefix("the_part_of_the_p") }, "\(cut)")
    #expect(cut[0].hasSuffix("…[0] &lt;|end|&gt;") && cut[2].hasSuffix("…[-1]"), "\(cut)")
    let token = String(repeating: "x", count: 60)
    #expect(names(["\(name)[12] \(token)"]).first?.hasPrefix("the_…[12] xxxxx") == true)
    #expect(names(["\(name)[\(token)]"]).first?.hasSuffix("…") == true, "no room for the index")
  }

  @Test("A map has all its numbers or none, so that the widest of them is never the one that is missing.")
  func allNumbersOrNone() {
    func numbers(columns: Int) -> [String] {
      let values = (0..<columns).map { $0 == 1 ? 1 : 0.97 }
      let map = Heatmap(
        rowAxis: .init("position"), rows: ["last"], columnAxis: .init("layer"),
        columns: values.indices.map { "\($0)" }, quantity: .init("AUROC"),
        cells: [values.map { Estimate(value: $0) }])
      return SVG.drawing(Figure(caption: "", content: .heatmap(map)))
        .matches(of: /class="number"[^>]*>([^<]*)</).map { String($0.1) }
    }
    #expect(numbers(columns: 11).count == 11)
    for columns in 20...40 {
      let numbers = numbers(columns: columns)
      #expect(numbers.isEmpty || numbers.count == columns, "\(columns): \(numbers)")
    }
  }

  @Test("Effects take the categories in order; nulls are dashed grey and baselines have their own look.")
  func roles() {
    let drawing = SVG.drawing(Self.figures[1])
    for name in ["c1", "c2", "c3", "c4", "c5", "null", "baseline"] {
      #expect(drawing.contains("<path class=\"curve \(name)\""))
      #expect(drawing.contains("<path class=\"band \(name)\""))
    }
    for series in SampleReport.lines().series { #expect(drawing.contains(">\(series.name)</text>")) }
    #expect(drawing.contains(">chance</text>"))
  }

  @Test("The names at the ends of curves do not overlap, even where the curves meet.")
  func labels() throws {
    let x = [0.0, 1]
    let series = (0..<7).map { LineChart.Series("curve \($0)", x: x, y: [.init(value: 0.5), .init(value: 0.99)]) }
    let drawing = SVG.drawing(
      Figure(
        caption: "", content: .lines(LineChart(xAxis: .init("x"), yAxis: .init("y", range: 0...1), series: series))))
    let places = drawing.matches(of: /class="label" x="[^"]*" y="([^"]*)">curve/).compactMap { Double($0.1) }.sorted()
    #expect(places.count == 7)
    #expect(zip(places, places.dropFirst()).allSatisfy { $1 - $0 >= 13.9 })
    #expect(places.allSatisfy { $0 > 0 && $0 < 340 })
  }

  @Test("Every bar shows its value, its interval and its whisker.")
  func bars() {
    let drawing = SVG.drawing(Self.figures[2])
    #expect(drawing.contains(">0.060 [0.035, 0.102]</text>"))
    #expect(drawing.matches(of: /class="whisker"/).count == 5)
    #expect(drawing.contains("class=\"mark bar null\"") && drawing.contains("class=\"mark bar baseline\""))
    #expect(drawing.contains(">responses that refuse (share)</text>"))
  }
}
