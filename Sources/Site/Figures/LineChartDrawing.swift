import Experiment
import Foundation
import Statistics

/// Draws curves with their intervals, each named at its end.
struct LineChartDrawing {
  let chart: LineChart
  let room: Canvas.Room
  /// Whether it is one of many, and lower for that.
  var isSmall = false
  /// The charts that stand beside it: where they show the same quantity, it has the same range in all.
  var beside: [LineChart] = []

  /// A curve's colour class and mark: effects take the categories in order, nulls and baselines have their own.
  private struct Look {
    let name: String
    let shape: Int
  }

  private struct Plot {
    let x: AxisScale
    let y: AxisScale
    let right: Double
  }

  func draw() -> Canvas {
    var canvas = Canvas(room)
    canvas.height = isSmall ? 190 : room == .wide ? 340 : 300
    let plot = plot(in: canvas)
    frame(plot, on: &canvas)
    let looks = looks()
    for (series, look) in zip(chart.series, looks) { band(series, look, plot, on: &canvas) }
    for (series, look) in zip(chart.series, looks) { curve(series, look, plot, on: &canvas) }
    labels(looks, plot, on: &canvas)
    for (series, look) in zip(chart.series, looks) { dots(series, look, plot, on: &canvas) }
    return canvas
  }

  private static let top = 34.0
  private static let foot = 46.0

  private func plot(in canvas: Canvas) -> Plot {
    let widest = max(
      chart.series.map { TextWidth.of($0.name, size: Canvas.labelSize) }.max() ?? 0,
      chart.references.map { TextWidth.of($0.label, size: Canvas.labelSize) }.max() ?? 0)
    let gutter = min(widest + 30, room == .wide ? 200 : 112)
    let y = yScale(in: canvas)
    let left = (y.ticks.map { TextWidth.of(y.label($0), size: Canvas.smallSize) }.max() ?? 0) + 10
    let right = canvas.width - gutter
    return Plot(x: xScale(from: left + 6, to: right - 6), y: y, right: right)
  }

  private func yScale(in canvas: Canvas) -> AxisScale {
    let charts = [chart] + beside.filter { $0.yAxis.heading == chart.yAxis.heading }
    let estimates = charts.flatMap { Self.points($0).map(\.y) }
    return AxisScale(
      estimates.flatMap { [$0.value, $0.low ?? $0.value, $0.high ?? $0.value] }
        + charts.flatMap { $0.references.map(\.value) },
      range: AxisScale.union(charts.map(\.yAxis.range)), from: canvas.height - Self.foot, to: Self.top,
      target: isSmall ? 3 : 5)
  }

  private func xScale(from start: Double, to end: Double) -> AxisScale {
    let charts = [chart] + beside.filter { $0.xAxis.heading == chart.xAxis.heading }
    let xs = charts.flatMap { Self.points($0).map(\.x) }
    let fitted = xs.min().flatMap { low in xs.max().map { [low, $0] } }
    return AxisScale(
      xs, range: AxisScale.union(charts.map(\.xAxis.range)) ?? fitted, from: start, to: end,
      target: room == .wide ? 11 : 5)
  }

  private static func points(_ chart: LineChart) -> [(x: Double, y: Estimate)] {
    chart.series.flatMap { zip($0.x, $0.y).filter { $0.isFinite && $1.value.isFinite }.map { (x: $0, y: $1) } }
  }

  private func looks() -> [Look] {
    var effects = 0
    return chart.series.enumerated().map { index, series in
      guard series.role == .effect else { return Look(name: series.role.rawValue, shape: index) }
      effects += 1
      return Look(name: "c\((effects - 1) % 7 + 1)", shape: effects - 1)
    }
  }

  private func frame(_ plot: Plot, on canvas: inout Canvas) {
    canvas.text(chart.yAxis.heading, x: 0, y: 14, class: "axis")
    for tick in plot.y.ticks {
      canvas.line(plot.x.start - 6, plot.y(tick), plot.right, plot.y(tick), class: "grid")
      canvas.text(
        plot.y.label(tick), x: plot.x.start - 10, y: plot.y(tick) + 3.5, anchor: .end, class: "tick")
    }
    let isWhole = chart.series.allSatisfy { $0.x.allSatisfy { $0 == $0.rounded() } }
    for tick in plot.x.ticks where !isWhole || tick == tick.rounded() {
      canvas.text(
        isWhole ? Self.plain(tick) : plot.x.label(tick), x: plot.x(tick), y: canvas.height - 30, anchor: .middle,
        class: "tick")
    }
    canvas.text(chart.xAxis.heading, x: plot.x.start - 6, y: canvas.height - 8, class: "axis")
    for reference in chart.references where reference.value.isFinite {
      canvas.line(plot.x.start - 6, plot.y(reference.value), plot.right, plot.y(reference.value), class: "reference")
    }
  }

  /// The stretches of a curve without gaps, in the order of x.
  private func stretches(_ series: LineChart.Series) -> [[(x: Double, y: Estimate)]] {
    let points = zip(series.x, series.y).filter { $0.0.isFinite }.sorted { $0.0 < $1.0 }
    return points.split { !$0.1.value.isFinite }.map { $0.map { (x: $0.0, y: $0.1) } }
  }

  private func band(_ series: LineChart.Series, _ look: Look, _ plot: Plot, on canvas: inout Canvas) {
    for stretch in stretches(series) where stretch.contains(where: { $0.y.low != nil || $0.y.high != nil }) {
      let upper = stretch.map { (plot.x($0.x), plot.y($0.y.high ?? $0.y.value)) }
      let lower = stretch.map { (plot.x($0.x), plot.y($0.y.low ?? $0.y.value)) }
      if stretch.count == 1 {
        canvas.line(upper[0].0, upper[0].1, lower[0].0, lower[0].1, class: "curve \(look.name)")
      } else {
        canvas.path(Self.path(upper + lower.reversed()) + "Z", class: "band \(look.name)")
      }
    }
  }

  private func curve(_ series: LineChart.Series, _ look: Look, _ plot: Plot, on canvas: inout Canvas) {
    for stretch in stretches(series) where stretch.count > 1 {
      canvas.path(Self.path(stretch.map { (plot.x($0.x), plot.y($0.y.value)) }), class: "curve \(look.name)")
    }
  }

  private static func path(_ points: [(Double, Double)]) -> String {
    points.enumerated().map { "\($0 == 0 ? "M" : "L")\($1.0.coordinate) \($1.1.coordinate)" }.joined()
  }

  /// Flat curves are all line: a mark on each of their points would say nothing.
  private func dots(_ series: LineChart.Series, _ look: Look, _ plot: Plot, on canvas: inout Canvas) {
    let isFlat = Set(series.y).count == 1 && series.y.count > 1
    let spacing = (plot.x.end - plot.x.start) / Double(max(1, series.x.count))
    for (x, estimate) in stretches(series).joined() {
      let title =
        "\(series.name), \(chart.xAxis.title) \(Self.plain(x))\n"
        + "\(chart.yAxis.heading): \(Words.full(estimate))"
      canvas.mark(title, class: "dot \(look.name)") { canvas in
        let (px, py) = (plot.x(x), plot.y(estimate.value))
        canvas.path(Self.shape(3, x: px, y: py, radius: min(8, spacing / 2)), class: "hit")
        if !isFlat, spacing > 7 || series.x.count < 3 {
          canvas.path(Self.shape(look.shape, x: px, y: py, radius: 3.4), class: "shape")
        }
      }
    }
  }

  private static func plain(_ x: Double) -> String { Value.number(x).plain }

  /// A circle, a square, a triangle, a diamond: curves differ in form as well as in colour.
  private static func shape(_ kind: Int, x: Double, y: Double, radius r: Double) -> String {
    let at = { (dx: Double, dy: Double) in "\((x + dx).coordinate) \((y + dy).coordinate)" }
    switch kind % 4 {
    case 0:
      let arc = "a\(r.coordinate) \(r.coordinate) 0 1 0 "
      return "M\(at(-r, 0))\(arc)\((2 * r).coordinate) 0\(arc)\((-2 * r).coordinate) 0Z"
    case 1:
      return "M\(at(-r * 0.9, -r * 0.9))L\(at(r * 0.9, -r * 0.9))L\(at(r * 0.9, r * 0.9))L\(at(-r * 0.9, r * 0.9))Z"
    case 2: return "M\(at(0, -r * 1.2))L\(at(r * 1.1, r * 0.8))L\(at(-r * 1.1, r * 0.8))Z"
    default: return "M\(at(0, -r * 1.2))L\(at(r * 1.2, 0))L\(at(0, r * 1.2))L\(at(-r * 1.2, 0))Z"
    }
  }

  // MARK: Names at the ends

  private struct Label {
    let lines: [String]
    /// Where the curve ends, and whose colour the leader has; a reference line has none.
    let anchor: (x: Double, y: Double)
    let look: Look?
    var height: Double { Double(lines.count) * 14 + 2 }
  }

  private func labels(_ looks: [Look], _ plot: Plot, on canvas: inout Canvas) {
    let room = canvas.width - plot.right - 28
    var labels: [Label] = []
    for (series, look) in zip(chart.series, looks) {
      guard let last = stretches(series).last?.last else { continue }
      labels.append(
        Label(
          lines: TextWidth.lines(series.name, size: Canvas.labelSize, width: room),
          anchor: (plot.x(last.x), plot.y(last.y.value)), look: look))
    }
    for reference in chart.references where reference.value.isFinite {
      labels.append(
        Label(
          lines: TextWidth.lines(reference.label, size: Canvas.labelSize, width: room),
          anchor: (plot.right, plot.y(reference.value)), look: nil))
    }
    labels.sort { ($0.anchor.y, $0.lines.joined()) < ($1.anchor.y, $1.lines.joined()) }
    let places = Self.spread(
      labels.map { ($0.anchor.y, $0.height) }, from: Self.top - 16, to: canvas.height - Self.foot + 12)
    for (label, middle) in zip(labels, places) {
      let x = plot.right + 8
      if let look = label.look {
        canvas.line(label.anchor.x + 5, label.anchor.y, x, middle, class: "leader")
        canvas.line(x, middle, x + 14, middle, class: "curve \(look.name)")
      }
      for (index, line) in label.lines.enumerated() {
        canvas.text(
          line, x: x + 19, y: middle + 4 + (Double(index) - Double(label.lines.count - 1) / 2) * 14,
          class: label.look == nil ? "label reference-label" : "label")
      }
    }
  }

  /// Middles as near as can be to where each label belongs, in order and without overlap.
  ///
  /// Labels that would touch become a block around the mean of their places, which may then touch the next.
  static func spread(_ labels: [(middle: Double, height: Double)], from top: Double, to bottom: Double) -> [Double] {
    var blocks: [(first: Int, count: Int, start: Double, height: Double)] = []
    for (index, label) in labels.enumerated() {
      blocks.append((index, 1, label.middle - label.height / 2, label.height))
      while blocks.count > 1, let last = blocks.last {
        let before = blocks[blocks.count - 2]
        guard before.start + before.height > last.start else { break }
        let height = before.height + last.height
        var offset = 0.0
        var wanted = 0.0
        for member in before.first..<(last.first + last.count) {
          wanted += labels[member].middle - labels[member].height / 2 - offset
          offset += labels[member].height
        }
        let count = before.count + last.count
        blocks.removeLast(2)
        blocks.append((before.first, count, wanted / Double(count), height))
      }
      if let last = blocks.last {
        blocks[blocks.count - 1].start = max(top, min(last.start, bottom - last.height))
      }
    }
    // What was pushed up from the bottom may now overlap: set everything once more from below, then from above.
    for index in blocks.indices.reversed().dropFirst() {
      blocks[index].start = min(blocks[index].start, blocks[index + 1].start - blocks[index].height)
    }
    for index in blocks.indices {
      let floor = index == 0 ? top : blocks[index - 1].start + blocks[index - 1].height
      blocks[index].start = max(blocks[index].start, floor)
    }
    return blocks.flatMap { block in
      var start = block.start
      return (block.first..<(block.first + block.count)).map { member in
        defer { start += labels[member].height }
        return start + labels[member].height / 2
      }
    }
  }
}
