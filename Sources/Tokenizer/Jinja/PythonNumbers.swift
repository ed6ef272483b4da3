import Foundation

/// Numbers as Python's `int()` and `float()` read them, and as its `round()` rounds.
enum PythonNumbers {
  /// Digits with single underscores between them; `nil` for anything else.
  private static func digits(_ text: Substring) -> String? {
    let parts = text.split(separator: "_", omittingEmptySubsequences: false)
    return parts.contains(where: \.isEmpty) ? nil : parts.joined()
  }

  /// `int(text, base)`; `nil` where Python raises an error, or the number has more than 64 bits.
  static func integer(_ text: Text, base: Int) -> Int? {
    var rest = text.trimmed().string.lowercased()[...]
    var sign = ""
    if let first = rest.first, first == "-" || first == "+" { sign = String(rest.removeFirst()) }
    var base = base
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)]
    where rest.hasPrefix(prefix) && (base == radix || base == 0) {
      rest = rest.dropFirst(2)
      if rest.first == "_" { rest.removeFirst() }
      base = radix
    }
    guard (2...36).contains(base == 0 ? 10 : base), let digits = digits(rest), digits.utf8.allSatisfy(isAlphanumeric)
    else { return nil }
    return Int(sign + digits, radix: base == 0 ? 10 : base)
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
  }

  /// `float(text)`; `nil` where Python raises an error.
  static func double(_ text: Text) -> Double? {
    let written = text.trimmed().string.lowercased()
    let name = written.trimmingPrefix(while: { $0 == "+" || $0 == "-" })
    if written.count - name.count < 2, ["inf", "infinity", "nan"].contains(name) { return Double(written) }
    guard let digits = digits(written[...]), digits.utf8.allSatisfy({ "0123456789.e+-".utf8.contains($0) }) else {
      return nil
    }
    return strtod(digits)
  }

  /// C's own, because Swift's refuses `.5` and `5.`; `nil` if something is left over.
  private static func strtod(_ text: String) -> Double? {
    guard text.utf8.contains(where: { (0x30...0x39).contains($0) }) else { return nil }
    return text.withCString { start in
      var end: UnsafeMutablePointer<CChar>?
      let value = Foundation.strtod(start, &end)
      return end.map { $0 == start + text.utf8.count } == true ? value : nil
    }
  }

  /// `round(number, decimals)`: the nearest with so many decimals to what the number really is, not to how it is written.
  static func rounded(_ number: Double, _ decimals: Int) -> Double {
    guard number.isFinite, decimals < 300 else { return number }
    if decimals > 0 { return Double(number.formatted(decimals: decimals)) ?? number }
    let scale = pow(10, -Double(decimals))
    return (number / scale).rounded(.toNearestOrEven) * scale
  }

  /// `round(number, decimals)` of a whole number, which stays one.
  static func rounded(_ number: Int, _ decimals: Int) -> Int {
    guard decimals < 0 else { return number }
    guard decimals > -19 else { return 0 }
    let scale = (0..<(-decimals)).reduce(1) { result, _ in result * 10 }
    let (quotient, remainder) = number.quotientAndRemainder(dividingBy: scale)
    let twice = remainder.magnitude * 2
    let isUp = twice > scale.magnitude || twice == scale.magnitude && quotient % 2 != 0
    return (quotient + (isUp ? number.signum() : 0)).multipliedReportingOverflow(by: scale).partialValue
  }
}
