import Experiment
import Manuscript
import Statistics

/// `{figure}`: values of other cells in one drawing: curves over each other, bars beside each other, or small multiples
/// with one panel for each model or seed.
package enum FigureCell: CellKind {
  /// What a `{figure}` cell may say.
  package struct Settings: CellSettings {
    var values = ValuePanels()
    var at: ValuePath?
    var x = ""
    var y = ""
    var controls: [String] = []
    var baselines: [String] = []

    package init() {}

    package static let keys: [SettingKey<Settings>] = [
      .required("values", \.values, "What is drawn: lists are curves, single values bars."),
      .optional("at", \.at, "A list that says where the points of the curves stand; 0, 1, 2 and so on if left out."),
      .optional("x", \.x, "What the horizontal axis is, for curves."),
      .optional("y", \.y, "What is measured."),
      .optional("controls", \.controls, "Names of values that should show nothing."),
      .optional("baselines", \.baselines, "Names of values that are to be beaten."),
    ]
  }

  package static let name = "figure"
  package static let version = 1
  package static let summary = "Draws values of other cells together: curves, bars, or small multiples."
  package static let usesModel = false

  package static func problems(_ settings: Settings, in scope: CellScope) -> [Problem] {
    let names = Set(settings.values.panels.flatMap { $0.series.map(\.name) })
    return [("controls", settings.controls), ("baselines", settings.baselines)].flatMap { key, given in
      given.filter { !names.contains($0) }.map {
        Problem.unknown($0, kind: "name", in: "in “values”", allowed: names, at: scope.location(of: key))
      }
    }
  }

  package static func run(_ settings: Settings, in context: CellContext) throws -> Results {
    let panels = try settings.values.panels.map { panel in
      (name: panel.name, series: try panel.series.map { ($0, try $0.path.value(in: context)) })
    }
    let drawing = Drawing(settings: settings)
    var results = Results()
    let first = panels.first?.series.first?.1
    if case .list? = first {
      let at = try settings.at.map { try numbers(of: $0, in: context).map(\.value) }
      results.figures = try drawing.curves(
        panels.map { panel in
          (panel.name, try panel.series.map { ($0.name, try curve($0, $1, at: at)) })
        })
    } else {
      results.figures = [
        drawing.bars(
          try panels.map { panel in
            (panel.name, try panel.series.map { ($0.name, try number($1, of: $0.path)) })
          })
      ]
    }
    return results
  }

  private static func numbers(of path: ValuePath, in context: CellContext) throws -> [Estimate] {
    guard case .list(let items) = try path.value(in: context) else { throw mismatch(path, "a list of numbers") }
    return try items.map { try number($0, of: path) }
  }

  private static func curve(
    _ series: ValuePanels.Series, _ value: Value, at places: [Double]?
  ) throws -> (x: [Double], y: [Estimate]) {
    guard case .list(let items) = value else { throw mismatch(series.path, "a list, as the first value is") }
    if let places, places.count != items.count {
      throw mismatch(series.path, "a list of \(places.count), as “at” has")
    }
    // Where nothing was measured there is no point.
    let points = try items.enumerated().compactMap { index, item -> (Double, Estimate)? in
      if case .text = item { return nil }
      let y = try number(item, of: series.path)
      return y.value.isFinite ? (places?[index] ?? Double(index), y) : nil
    }
    return (points.map(\.0), points.map(\.1))
  }

  private static func number(_ value: Value, of path: ValuePath) throws -> Estimate {
    guard let number = value.estimate else { throw mismatch(path, "a number, or a list of numbers") }
    return number
  }

  private static func mismatch(_ path: ValuePath, _ expected: String) -> Problem {
    Problem("“\(path.written)” cannot be drawn here", at: path.location, expected: "expected: \(expected)")
  }
}

/// Values as figures.
private struct Drawing {
  let settings: FigureCell.Settings

  private func role(_ name: String) -> Figure.Role {
    settings.controls.contains(name) ? .null : settings.baselines.contains(name) ? .baseline : .effect
  }

  /// A figure for each panel, all with one vertical range, so that they can be compared.
  func curves(_ panels: [(name: String, series: [(name: String, points: (x: [Double], y: [Estimate]))])]) -> [Figure] {
    let all = panels.flatMap { $0.series.flatMap(\.points.y) }.flatMap {
      // An interval may have no ends, and a range of what is no number cannot be made.
      [$0.value, $0.low ?? $0.value, $0.high ?? $0.value].filter(\.isFinite)
    }
    let range = panels.count > 1 ? all.min().flatMap { least in all.max().map { least...$0 } } : nil
    return panels.enumerated().map { index, panel in
      Figure(
        name: panels.count > 1 ? "panel-\(index + 1)" : "",
        // The page gives the cell's caption: it may change without the results.
        caption: panel.name,
        content: .lines(
          LineChart(
            xAxis: .init(settings.x), yAxis: .init(settings.y, range: range),
            series: panel.series.map { .init($0.name, role: role($0.name), x: $0.points.x, y: $0.points.y) })),
        isPanel: panels.count > 1 ? true : nil)
    }
  }

  func bars(_ panels: [(name: String, bars: [(name: String, value: Estimate)])]) -> Figure {
    Figure(
      caption: "",
      content: .bars(
        BarChart(
          axis: .init(settings.y),
          groups: panels.map { panel in
            .init(panel.name, panel.bars.map { .init($0.name, role: role($0.name), $0.value) })
          })))
  }
}
