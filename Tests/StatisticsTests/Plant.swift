import Statistics
import Tensor

/// Samples with a known truth.
struct Plant {
  let samples: Samples
  /// The unit direction along which the classes differ.
  let direction: [Double]

  /// Standard normal features; the positive class is moved by `shift` along a random direction.
  /// Plants of one seed share the direction, whatever is drawn.
  /// Group g holds rows g, g + groups, ...; labels alternate within a group.
  init(rows: Int, width: Int, shift: Double, groups: Int? = nil, seed: UInt64 = 1, draw: String = "features") throws {
    let stream = RandomStream(seed: seed, purpose: "plant")
    let groups = groups ?? rows
    direction = RandomDirection.unit(width, stream: stream.child("direction"))
    let labels = (0..<rows).map { ($0 / groups + $0) % 2 == 0 }
    var values = RandomDirection.gaussian(rows * width, stream: stream.child(draw))
    for row in 0..<rows where labels[row] {
      for column in 0..<width { values[row * width + column] += shift * direction[column] }
    }
    samples = try Samples(
      features: RealMatrix(rows: rows, columns: width, values: values), labels: labels,
      groups: (0..<rows).map { $0 % groups })
  }
}

/// The inner product of two vectors.
func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

/// The largest absolute difference of two vectors.
func gap(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) } }

/// The Kolmogorov-Smirnov distance of values from the uniform distribution.
func distanceFromUniform(_ values: [Double]) -> Double {
  let n = Double(values.count)
  return values.sorted().enumerated().reduce(0) { worst, entry in
    max(worst, abs(entry.element - Double(entry.offset) / n), abs(entry.element - Double(entry.offset + 1) / n))
  }
}

/// Independent standard normal values.
func normal(_ rows: Int, _ columns: Int, seed: UInt64) throws -> RealMatrix {
  let stream = RandomStream(seed: seed, purpose: "normal matrix")
  return try RealMatrix(
    rows: rows, columns: columns, values: RandomDirection.gaussian(rows * columns, stream: stream))
}
