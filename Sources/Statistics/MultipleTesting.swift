/// p-values that allow for how many were looked at. The adjusted values keep their order and compare with the same
/// level.
public enum MultipleTesting {
  /// Holm's step-down adjustment: controls the chance of any false rejection (Holm 1979).
  public static func holm(_ p: [Double]) -> [Double] {
    let order = p.indices.sorted { p[$0] < p[$1] }
    var adjusted = p
    var floor = 0.0
    for (rank, index) in order.enumerated() {
      floor = max(floor, min(1, p[index] * Double(p.count - rank)))
      adjusted[index] = floor
    }
    return adjusted
  }

  /// The step-up adjustment of Benjamini and Hochberg (1995): controls the expected share of false rejections.
  public static func benjaminiHochberg(_ p: [Double]) -> [Double] {
    let order = p.indices.sorted { p[$0] < p[$1] }
    var adjusted = p
    var ceiling = 1.0
    for (rank, index) in order.enumerated().reversed() {
      ceiling = min(ceiling, p[index] * Double(p.count) / Double(rank + 1))
      adjusted[index] = ceiling
    }
    return adjusted
  }
}
