import Experiment

/// The page that a figure is drawn on: it collects elements and writes them as one SVG.
struct Canvas {
  /// How much room a drawing has. Text is equally large in all, so that it can be read on a telephone.
  enum Room: Sendable {
    case wide, narrow
    /// One of several side by side, whatever the window.
    case panel

    /// The width of the drawing, in CSS pixels.
    var width: Double {
      switch self {
      case .wide: 700
      case .narrow, .panel: 344
      }
    }
  }

  /// Where a line of text is held.
  enum Anchor: String {
    case start, middle, end
  }

  let room: Room
  var height = 0.0
  private(set) var body = ""

  init(_ room: Room) { self.room = room }

  var width: Double { room.width }

  /// The size of labels, in CSS pixels.
  static let labelSize = 12.0
  /// The size of numbers in marks, in CSS pixels.
  static let smallSize = 10.5

  mutating func text(
    _ text: String, x: Double, y: Double, anchor: Anchor = .start, class name: String = "label", fill: String? = nil
  ) {
    let place = anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\""
    let color = fill.map { " fill=\"\($0)\"" } ?? ""
    body += "<text class=\"\(name)\" x=\"\(x.coordinate)\" y=\"\(y.coordinate)\"\(place)\(color)>"
    body += Markup.escaped(text) + "</text>\n"
  }

  mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, class name: String) {
    body += "<path class=\"\(name)\" d=\"M\(x1.coordinate) \(y1.coordinate)L\(x2.coordinate) \(y2.coordinate)\"/>\n"
  }

  mutating func rectangle(
    x: Double, y: Double, width: Double, height: Double, class name: String? = nil, fill: String? = nil
  ) {
    let style = (name.map { " class=\"\($0)\"" } ?? "") + (fill.map { " fill=\"\($0)\"" } ?? "")
    body += "<rect\(style) x=\"\(x.coordinate)\" y=\"\(y.coordinate)\""
    body += " width=\"\(width.coordinate)\" height=\"\(height.coordinate)\"/>\n"
  }

  mutating func path(_ data: String, class name: String) {
    body += "<path class=\"\(name)\" d=\"\(data)\"/>\n"
  }

  /// Draws a mark that can be pointed at and reached by keyboard, and then says what it is.
  mutating func mark(_ title: String, class name: String, _ draw: (inout Canvas) -> Void) {
    body += "<g class=\"mark \(name)\" tabindex=\"0\"><title>\(Markup.escaped(title))</title>\n"
    draw(&self)
    body += "</g>\n"
  }

  /// The drawing as a file of its own.
  func standalone(title: String) -> String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" class="plot" role="img" \(frame)>
    <title>\(Markup.escaped(title))</title>
    <style>
    \(FigureStyle.css)</style>
    <rect class="paper" width="\(width.coordinate)" height="\(height.coordinate)"/>
    \(body)</svg>

    """
  }

  /// The drawing as a part of a page, whose stylesheet holds `FigureStyle.css`.
  func inline(title: String) -> String {
    """
    <svg class="plot \(room)" role="group" aria-label="\(Markup.escaped(title))" \(frame)>
    \(body)</svg>
    """
  }

  private var frame: String {
    let (width, height) = (width.coordinate, height.coordinate)
    return "viewBox=\"0 0 \(width) \(height)\" width=\"\(width)\" height=\"\(height)\""
  }
}
