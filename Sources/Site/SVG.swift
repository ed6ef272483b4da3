import Experiment

/// Figures as SVG, drawn by us: equal data, equal bytes.
public enum SVG {
  /// A figure as a file that stands alone, light or dark as its reader's system is.
  public static func drawing(_ figure: Figure) -> String {
    canvas(figure, .wide).standalone(title: figure.caption)
  }

  /// A figure as a part of a page: once for wide windows and once for narrow ones, of which the stylesheet shows one.
  ///
  /// - Parameters:
  ///   - isSmall: whether it is one of many.
  ///   - others: the figures that stand beside it; what they show too has the same range and colours in all.
  static func inline(_ figure: Figure, isSmall: Bool = false, beside others: [Figure] = []) -> String {
    let rooms: [Canvas.Room] = figure.isPanel == true ? [.panel] : [.wide, .narrow]
    return rooms.map { canvas(figure, $0, isSmall: isSmall, beside: others).inline(title: figure.caption) }
      .joined(separator: "\n")
  }

  private static func canvas(
    _ figure: Figure, _ room: Canvas.Room, isSmall: Bool = false, beside others: [Figure] = []
  ) -> Canvas {
    switch figure.content {
    case .heatmap(let heatmap):
      let beside = others.compactMap { if case .heatmap(let other) = $0.content { other } else { nil } }
      return HeatmapDrawing(heatmap: heatmap, room: room, beside: beside).draw()
    case .lines(let chart):
      let beside = others.compactMap { if case .lines(let other) = $0.content { other } else { nil } }
      return LineChartDrawing(chart: chart, room: room, isSmall: isSmall, beside: beside).draw()
    case .bars(let chart):
      let beside = others.compactMap { if case .bars(let other) = $0.content { other } else { nil } }
      return BarChartDrawing(chart: chart, room: room, beside: beside).draw()
    }
  }
}
