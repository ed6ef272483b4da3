import Experiment
import Foundation
import Statistics

/// Draws a grid of values: the colours, the numbers if there is room for all, and what is singled out.
struct HeatmapDrawing {
  let heatmap: Heatmap
  let room: Canvas.Room
  /// The maps that stand beside it, whose colours mean the same.
  let beside: [Heatmap]
  private let areCounts: Bool

  init(heatmap: Heatmap, room: Canvas.Room, beside: [Heatmap] = []) {
    self.heatmap = heatmap
    self.room = room
    self.beside = beside
    areCounts = heatmap.cells.joined().allSatisfy { $0.map { $0.value.rounded() == $0.value } ?? true }
  }

  func draw() -> Canvas {
    var canvas = Canvas(room)
    let scale = ColourScale(heatmap, beside: beside)
    let columns = max(1, heatmap.columns.count)
    let gutter = min(
      heatmap.rows.map { TextWidth.of($0, size: Canvas.labelSize) }.max() ?? 0, canvas.width * 0.34)
    let left = gutter + 10
    let width = min(64, (canvas.width - left - 2) / Double(columns))
    let height = (width * 0.6).clamped(to: 21...30)
    let top = 40.0
    let isNumbered = isRoomForNumbers(in: width)

    header(scale, on: &canvas)
    for row in heatmap.rows.indices {
      let y = top + Double(row) * height
      canvas.text(
        TextWidth.fitted(heatmap.rows[row], size: Canvas.labelSize, width: gutter), x: gutter, y: y + height / 2 + 4,
        anchor: .end)
      for column in heatmap.columns.indices {
        let frame = Frame(x: left + Double(column) * width, y: y, width: width, height: height)
        cell(row, column, in: frame, scale, isNumbered: isNumbered, on: &canvas)
      }
    }
    let bottom = top + Double(heatmap.rows.count) * height
    for mark in heatmap.marks where isPlace(mark) {
      outline(
        Frame(
          x: left + Double(mark.column) * width, y: top + Double(mark.row) * height, width: width, height: height),
        on: &canvas)
    }
    footer(left: left, cell: width, y: bottom, on: &canvas)
    canvas.height = bottom + 44
    return canvas
  }

  private struct Frame {
    let x: Double
    let y: Double
    let width: Double
    let height: Double
  }

  private func estimate(_ row: Int, _ column: Int) -> Estimate? {
    guard heatmap.cells.indices.contains(row), heatmap.cells[row].indices.contains(column) else { return nil }
    return heatmap.cells[row][column]
  }

  private func isPlace(_ mark: Heatmap.Mark) -> Bool {
    heatmap.rows.indices.contains(mark.row) && heatmap.columns.indices.contains(mark.column)
  }

  /// Whether every number fits its cell: were only some of them shown, the others would look as if they were not there.
  private func isRoomForNumbers(in width: Double) -> Bool {
    heatmap.cells.joined().compactMap { $0?.value }.filter(\.isFinite).allSatisfy {
      TextWidth.of(short($0), size: Canvas.smallSize) + 5 <= width
    }
  }

  private func cell(
    _ row: Int, _ column: Int, in frame: Frame, _ scale: ColourScale, isNumbered: Bool, on canvas: inout Canvas
  ) {
    let estimate = estimate(row, column)
    let marked = heatmap.marks.filter { $0.row == row && $0.column == column }.map { " (\($0.label))" }.joined()
    let place = "\(heatmap.rowAxis.title) \(heatmap.rows[row]), \(heatmap.columnAxis.title) \(heatmap.columns[column])"
    let title = "\(place)\(marked)\n\(heatmap.quantity.heading): \(estimate.map(Words.full) ?? "not measured")"
    canvas.mark(title, class: "cell") { canvas in
      let gap = 1.0
      guard let value = estimate?.value, value.isFinite else {
        canvas.rectangle(
          x: frame.x, y: frame.y, width: frame.width - gap, height: frame.height - gap, class: "empty")
        canvas.text(
          "–", x: frame.x + frame.width / 2, y: frame.y + frame.height / 2 + 3.5, anchor: .middle, class: "tick")
        return
      }
      canvas.rectangle(
        x: frame.x, y: frame.y, width: frame.width - gap, height: frame.height - gap, fill: scale.colour(value))
      if isNumbered {
        canvas.text(
          short(value), x: frame.x + (frame.width - gap) / 2, y: frame.y + frame.height / 2 + 3.5, anchor: .middle,
          class: "number", fill: scale.ink(value))
      }
    }
  }

  /// Two decimals, without the zero before the point: `.98`; none where all values are whole, as counts are.
  private func short(_ value: Double) -> String {
    if areCounts, abs(value) < 1e6 { return "\(Int(value))".replacing("-", with: "−") }
    guard abs(value) < 1000 else { return String(format: "%.0e", value) }
    var text = String(format: abs(value) < 9.95 ? "%.2f" : abs(value) < 99.5 ? "%.1f" : "%.0f", value)
    if text == "-0.00" { text = "0.00" }
    if text.hasPrefix("0.") { text.removeFirst() }
    if text.hasPrefix("-0.") { text = "-" + text.dropFirst(2) }
    return text.replacing("-", with: "−")
  }

  /// The row axis' name, and the colour bar with its name and ends.
  private func header(_ scale: ColourScale, on canvas: inout Canvas) {
    canvas.text(heatmap.rowAxis.heading, x: 0, y: 30, class: "axis")
    let values = heatmap.cells.joined().compactMap { $0?.value }.filter(\.isFinite)
    let low = (values.contains { $0 < scale.low } ? "≤ " : "") + Self.end(scale.low)
    let high = (values.contains { $0 > scale.high } ? "≥ " : "") + Self.end(scale.high)
    let bar = canvas.room == .wide ? 144.0 : 96
    let highWidth = TextWidth.of(high, size: Canvas.smallSize) + 5
    let x = canvas.width - bar - highWidth
    let steps = 36
    for step in 0..<steps {
      canvas.rectangle(
        x: x + bar * Double(step) / Double(steps), y: 9, width: bar / Double(steps) + 0.3, height: 9,
        fill: scale.colour(share: (Double(step) + 0.5) / Double(steps)))
    }
    canvas.text(high, x: canvas.width, y: 17, anchor: .end, class: "tick")
    canvas.text(low, x: x - 5, y: 17, anchor: .end, class: "tick")
    let taken = bar + highWidth + TextWidth.of(low, size: Canvas.smallSize) + 16
    canvas.text(
      TextWidth.fitted(heatmap.quantity.heading, size: Canvas.labelSize, width: canvas.width - taken),
      x: canvas.width - taken, y: 17, anchor: .end, class: "axis")
  }

  private static func end(_ value: Double) -> String {
    String(format: "%.3g", value).replacing("-", with: "−")
  }

  private func outline(_ frame: Frame, on canvas: inout Canvas) {
    let data =
      "M\(frame.x.coordinate) \(frame.y.coordinate)h\((frame.width - 1).coordinate)v\((frame.height - 1).coordinate)"
      + "h\((1 - frame.width).coordinate)z"
    canvas.path(data, class: "single")
    canvas.path(data, class: "single inner")
  }

  /// Column labels, as many as there is room for; the column axis' name; what the outlines mean.
  private func footer(left: Double, cell: Double, y: Double, on canvas: inout Canvas) {
    let widest = heatmap.columns.map { TextWidth.of($0, size: Canvas.smallSize) }.max() ?? 0
    let every = max(1, Int(((widest + 6) / cell).rounded(.up)))
    for column in heatmap.columns.indices where column % every == 0 {
      canvas.text(
        heatmap.columns[column], x: left + (Double(column) + 0.5) * cell, y: y + 14, anchor: .middle, class: "tick")
    }
    canvas.text(heatmap.columnAxis.heading, x: left, y: y + 34, class: "axis")
    var right = canvas.width
    for label in Set(heatmap.marks.filter(isPlace).map(\.label)).sorted().reversed() where !label.isEmpty {
      canvas.text(label, x: right, y: y + 34, anchor: .end)
      right -= TextWidth.of(label, size: Canvas.labelSize) + 16
      outline(Frame(x: right, y: y + 24.5, width: 12, height: 12), on: &canvas)
      right -= 16
    }
  }
}
