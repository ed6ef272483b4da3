import Experiment
import Statistics

/// A value over the records of its history, as small as a word.
enum Sparkline {
  private static let width = 96.0
  private static let height = 22.0

  /// The drawing of some values, oldest first; empty if there are none.
  static func drawing(_ values: [Value], title: String) -> String {
    let estimates = values.compactMap(\.estimate).filter(\.value.isFinite)
    guard let last = estimates.last else { return "" }
    let x = AxisScale([], range: [0, Double(max(1, estimates.count - 1))], from: 4, to: width - 4, target: 1)
    let y = AxisScale(
      estimates.flatMap { [$0.value, $0.low ?? $0.value, $0.high ?? $0.value] }, from: height - 4, to: 4, target: 2)
    // A single record stands at the right, where the newest always stands.
    let places = estimates.indices.map { estimates.count == 1 ? width - 4 : x(Double($0)) }
    var body = ""
    if estimates.count > 1 {
      let upper = zip(places, estimates).map { "\($0.coordinate) \(y($1.high ?? $1.value).coordinate)" }
      let lower = zip(places, estimates).map { "\($0.coordinate) \(y($1.low ?? $1.value).coordinate)" }
      body += "<path class=\"band c1\" d=\"M\((upper + lower.reversed()).joined(separator: "L"))Z\"/>"
      let line = zip(places, estimates).map { "\($0.coordinate) \(y($1.value).coordinate)" }
      body += "<path class=\"curve c1\" d=\"M\(line.joined(separator: "L"))\"/>"
    }
    let (cx, cy) = ((places.last ?? 0).coordinate, y(last.value).coordinate)
    body += "<g class=\"dot c1\"><path d=\"M\(cx) \(cy)m-3 0a3 3 0 1 0 6 0a3 3 0 1 0 -6 0Z\"/></g>"
    return "<svg class=\"plot spark\" role=\"img\" aria-label=\"\(Markup.escaped(title))\""
      + " viewBox=\"0 0 96 22\" width=\"96\" height=\"22\">\(body)</svg>"
  }
}
