import Experiment
import Foundation

/// A colour for each value: viridis for magnitudes, blue over paper to vermilion for signed effects.
struct ColourScale {
  let low: Double
  let high: Double
  private let stops: [SIMD3<Double>]

  /// Viridis (van der Walt and Smith, 2015) at nine even places.
  private static let viridis = [
    0x440154, 0x472D7B, 0x3B528B, 0x2C728E, 0x21918C, 0x28AE80, 0x5EC962, 0xADDC30, 0xFDE725,
  ].map(rgb)

  private static let diverging = [0x0072B2, 0x7FB8D8, 0xF6F3EC, 0xEAAE7F, 0xD55E00].map(rgb)

  /// - Parameter beside: the maps that stand beside it: where they show the same quantity, its colours are the same.
  init(_ heatmap: Heatmap, beside: [Heatmap] = []) {
    let alike = beside.filter {
      $0.quantity.heading == heatmap.quantity.heading && $0.scale == heatmap.scale && $0.centre == heatmap.centre
    }
    let ends = ([heatmap] + alike).flatMap(Self.ends)
    var (low, high) = (ends.min() ?? 0, ends.max() ?? 1)
    if heatmap.scale == .diverging {
      let centre = heatmap.centre.isFinite ? heatmap.centre : 0
      let reach = max(abs(low - centre), abs(high - centre))
      (low, high) = (centre - reach, centre + reach)
    }
    if low >= high { (low, high) = (low - 0.5, low + 0.5) }
    (self.low, self.high) = (low, high)
    stops = heatmap.scale == .diverging ? Self.diverging : Self.viridis
  }

  /// The range that a map names, else the least and the greatest of its values; nothing if it has none.
  private static func ends(_ heatmap: Heatmap) -> [Double] {
    if let asked = AxisScale.valid(heatmap.quantity.range) { return [asked.lowerBound, asked.upperBound] }
    let values = heatmap.cells.joined().compactMap { $0?.value }.filter(\.isFinite)
    return [values.min(), values.max()].compactMap(\.self)
  }

  /// The colour at a share of the range, as `#rrggbb`.
  func colour(share: Double) -> String {
    let mixed = mixed(share)
    return "#"
      + [mixed.x, mixed.y, mixed.z].map { part in
        let digits = String(Int(part.rounded()), radix: 16)
        return digits.count == 1 ? "0" + digits : digits
      }.joined()
  }

  func colour(_ value: Double) -> String { colour(share: share(value)) }

  /// Black or white, whichever can be read on a value's colour.
  func ink(_ value: Double) -> String {
    let channels = mixed(share(value)) / 255
    let linear = [channels.x, channels.y, channels.z].map {
      $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4)
    }
    // Relative luminance (WCAG 2.1); at .179 black and white have the same contrast.
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] > 0.179 ? "#000" : "#fff"
  }

  private func share(_ value: Double) -> Double { ((value - low) / (high - low)).clamped(to: 0...1) }

  private func mixed(_ share: Double) -> SIMD3<Double> {
    let place = share.clamped(to: 0...1) * Double(stops.count - 1)
    let index = min(Int(place), stops.count - 2)
    return stops[index] + (stops[index + 1] - stops[index]) * (place - Double(index))
  }

  private static func rgb(_ hex: Int) -> SIMD3<Double> {
    SIMD3(Double(hex >> 16 & 255), Double(hex >> 8 & 255), Double(hex & 255))
  }
}
