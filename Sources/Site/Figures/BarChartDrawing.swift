import Experiment
import Foundation
import Statistics

/// Draws horizontal bars with their intervals, each named at its side (above it where room is narrow).
struct BarChartDrawing {
  let chart: BarChart
  let room: Canvas.Room
  /// The charts that stand beside it: where they show the same quantity, it has the same range in all.
  var beside: [BarChart] = []

  private struct Metrics {
    let scale: AxisScale
    let gutter: Double
    let pitch: Double
    /// From the top of a bar's row to the bar.
    let inset: Double
  }

  private static let thickness = 15.0

  func draw() -> Canvas {
    var canvas = Canvas(room)
    let metrics = metrics(in: canvas)
    var y = 8.0
    var rows: [(group: BarChart.Group, bar: BarChart.Bar, y: Double)] = []
    var headings: [(text: String, y: Double)] = []
    for group in chart.groups {
      if !group.name.isEmpty {
        headings.append((group.name, y + 16))
        y += 24
      }
      for bar in group.bars {
        rows.append((group, bar, y))
        y += metrics.pitch
      }
      y += 10
    }
    canvas.height = y + 40
    axis(metrics, to: y, on: &canvas)
    for heading in headings { canvas.text(heading.text, x: 0, y: heading.y, class: "label heading") }
    for row in rows { bar(row.bar, of: row.group, at: row.y, metrics, on: &canvas) }
    return canvas
  }

  private func metrics(in canvas: Canvas) -> Metrics {
    let bars: [BarChart.Bar] = chart.groups.flatMap { $0.bars }
    let widest = bars.map { TextWidth.of($0.label, size: Canvas.labelSize) }.max() ?? 0
    let gutter = room == .wide ? min(widest + 12, 230) : 0
    let numbers = (bars.map { TextWidth.of(number($0.value), size: Canvas.labelSize) }.max() ?? 0) + 14
    let charts = [chart] + beside.filter { $0.axis.heading == chart.axis.heading }
    let values: [Double] = charts.flatMap { $0.groups.flatMap(\.bars) }.flatMap { bar in
      [bar.value.value, bar.value.low ?? 0, bar.value.high ?? 0, 0]
    }
    let scale = AxisScale(
      values + charts.flatMap { $0.references.map(\.value) }, range: AxisScale.union(charts.map(\.axis.range)),
      from: gutter + 1, to: canvas.width - min(numbers, canvas.width * 0.42), target: room == .wide ? 6 : 4)
    return Metrics(
      scale: scale, gutter: gutter, pitch: room == .wide ? 25 : 42, inset: room == .wide ? 5 : 20)
  }

  private func axis(_ metrics: Metrics, to bottom: Double, on canvas: inout Canvas) {
    let scale = metrics.scale
    for tick in scale.ticks {
      canvas.line(scale(tick), 4, scale(tick), bottom - 4, class: "grid")
      canvas.text(scale.label(tick), x: scale(tick), y: bottom + 10, anchor: .middle, class: "tick")
    }
    canvas.text(chart.axis.heading, x: metrics.gutter, y: bottom + 30, class: "axis")
    for reference in chart.references where reference.value.isFinite {
      let x = scale(reference.value)
      canvas.line(x, 2, x, bottom - 4, class: "reference")
      canvas.text(
        reference.label, x: canvas.width, y: bottom + 30, anchor: .end, class: "reference-label")
    }
  }

  private func bar(
    _ bar: BarChart.Bar, of group: BarChart.Group, at y: Double, _ metrics: Metrics, on canvas: inout Canvas
  ) {
    let scale = metrics.scale
    let top = y + metrics.inset
    let middle = top + Self.thickness / 2
    let name = group.name.isEmpty ? bar.label : "\(group.name), \(bar.label)"
    let title = "\(name)\n\(chart.axis.heading): \(Words.full(bar.value))"
    let colour = bar.role == .effect ? "c1" : bar.role.rawValue
    canvas.mark(title, class: "bar \(colour)") { canvas in
      canvas.rectangle(x: 0, y: y, width: canvas.width, height: metrics.pitch, class: "hit")
      let label = TextWidth.fitted(
        bar.label, size: Canvas.labelSize, width: room == .wide ? metrics.gutter - 10 : canvas.width)
      if room == .wide {
        canvas.text(label, x: metrics.gutter - 9, y: middle + 4, anchor: .end)
      } else {
        canvas.text(label, x: 0, y: y + 14)
      }
      guard bar.value.value.isFinite else {
        canvas.text("no value", x: scale.start + 6, y: middle + 4, class: "axis")
        return
      }
      let base = scale(0.0.clamped(to: scale.low...scale.high))
      let end = scale(bar.value.value)
      canvas.rectangle(
        x: min(base, end), y: top, width: max(abs(end - base), 1), height: Self.thickness)
      let low = scale(bar.value.low ?? bar.value.value)
      let high = scale(bar.value.high ?? bar.value.value)
      if bar.value.low != nil || bar.value.high != nil {
        canvas.path(
          "M\(low.coordinate) \((middle - 4).coordinate)v8m0 -4H\(high.coordinate)m0 -4v8", class: "whisker")
      }
      canvas.text(number(bar.value), x: scale.end + 12, y: middle + 4, class: "number-label")
    }
  }

  /// `0.980 [0.969, 0.987]`, with the same decimals for all bars.
  private func number(_ estimate: Estimate) -> String {
    func text(_ number: Double) -> String {
      guard number.isFinite else { return Words.number(number) }
      return String(format: "%.\(decimals)f", number).replacing("-", with: "−")
    }
    guard let low = estimate.low, let high = estimate.high else { return text(estimate.value) }
    return "\(text(estimate.value)) [\(text(low)), \(text(high))]"
  }

  /// As many as give the largest bar three significant digits, and shares three decimals.
  private var decimals: Int {
    let bars: [BarChart.Bar] = chart.groups.flatMap { $0.bars }
    let sizes: [Double] = bars.flatMap { bar in [bar.value.value, bar.value.low ?? 0, bar.value.high ?? 0] }
    let largest = sizes.filter(\.isFinite).map(abs).max() ?? 1
    return largest < 2 ? (largest < 0.01 ? 5 : 3) : largest < 100 ? 2 : largest < 1000 ? 1 : 0
  }
}
