import Foundation

extension Double {
  /// The number as a drawing writes it: at most three decimals, no trailing zeros, never `-0` or an exponent.
  var coordinate: String {
    guard isFinite else { return "0" }
    var text = String(format: "%.3f", self)
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text == "-0" ? "0" : text
  }
}
