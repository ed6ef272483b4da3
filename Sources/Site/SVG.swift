import Experiment

/// Figures as SVG, drawn by us: equal data, equal bytes.
public enum SVG {
  /// A figure as a file that stands alone, light or dark as its reader's system is.
  public static func drawing(_ figure: Figure) -> String {
    canvas(figure, .wide).standalone(title: figure.caption)
  }

  /// A figure as a part of a page: once for wide windows and once for narrow ones, of which the stylesheet shows one.
  ///
  /// - Parameter isSmall: whether it is one of many.
  static func inline(_ figure: Figure, isSmall: Bool = false) -> String {
    let rooms: [Canvas.Room] = figure.isPanel == true ? [.panel] : [.wide, .narrow]
    return rooms.map { canvas(figure, $0, isSmall: isSmall).inline(title: figure.caption) }.joined(separator: "\n")
  }

  private static func canvas(_ figure: Figure, _ room: Canvas.Room, isSmall: Bool = false) -> Canvas {
    switch figure.content {
    case .heatmap(let heatmap): HeatmapDrawing(heatmap: heatmap, room: room).draw()
    case .lines(let chart): LineChartDrawing(chart: chart, room: room, isSmall: isSmall).draw()
    case .bars(let chart): BarChartDrawing(chart: chart, room: room).draw()
    }
  }
}
