/// Elementary functions from additions, multiplications and divisions only, which IEEE 754 fixes to the last bit. The C
/// library's differ between versions and processors, and one bit in an initial weight is another model.
enum PortableMath {
  /// cos(pi x), for any finite x; error below 1e-15.
  static func cosineOfHalfTurns(_ x: Double) -> Double {
    // Fold into [0, 1], then into [0, 1/2], where the Taylor series is short.
    var turn = x.magnitude.truncatingRemainder(dividingBy: 2)
    if turn > 1 { turn = 2 - turn }
    let flipped = turn > 0.5
    let angle = (flipped ? 1 - turn : turn) * Double.pi
    let square = angle * angle
    var term = 1.0
    var sum = 1.0
    for k in 1...14 {
      term *= -square / Double((2 * k - 1) * (2 * k))
      sum += term
    }
    return flipped ? -sum : sum
  }

  /// ln(x) for finite x > 0: the exponent times ln 2, plus 2 atanh((m - 1) / (m + 1)) of the significand.
  static func logarithm(_ x: Double) -> Double {
    var exponent = Double(x.exponent)
    var significand = x.significand
    if significand > 1.414213562373095 {
      significand *= 0.5
      exponent += 1
    }
    let ratio = (significand - 1) / (significand + 1)
    let square = ratio * ratio
    var power = ratio
    var sum = 0.0
    for k in 0..<13 {
      sum += power / Double(2 * k + 1)
      power *= square
    }
    return exponent * 0.6931471805599453 + 2 * sum
  }

  /// x to a whole power, by squaring.
  static func power(_ x: Double, _ exponent: Int) -> Double {
    var result = 1.0
    var base = x
    var rest = exponent
    while rest > 0 {
      if rest & 1 == 1 { result *= base }
      base *= base
      rest >>= 1
    }
    return result
  }
}
