import Foundation

/// What was measured while a cell ran, such as a wall time: no result, since equal runs differ in it.
///
/// It stands in the message of the commit that records the run, and beside the cell in the report; it is not in the
/// record, so that an equal run is an equal tree, and no claim can rest on it.
public struct Observation: Hashable, Sendable {
  /// What was measured, in words.
  public var name: String
  /// Its unit, such as `ms`.
  public var unit: String
  /// The median, the least and the greatest of several times.
  public var median, least, greatest: Double
  /// How many times it was measured.
  public var times: Int
  /// What it should be by arithmetic that depends on no machine, where there is such; in the same unit.
  public var predicted: Double?

  /// A measurement from all the times it was made.
  ///
  /// - Parameter values: at least one.
  public init(_ name: String, unit: String, values: [Double], predicted: Double? = nil) {
    let sorted = values.sorted()
    self.name = name
    self.unit = unit
    median = sorted.isEmpty ? .nan : (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    least = sorted.first ?? .nan
    greatest = sorted.last ?? .nan
    times = values.count
    self.predicted = predicted
  }
}

/// One line of a commit's message: `name | median | least | greatest | times | unit | predicted`.
extension Observation {
  /// The line, with more digits than anyone shows: what is rounded again is not rounded twice.
  public var line: String {
    let numbers = [median, least, greatest].map(Self.written)
    let name = name.replacing("|", with: "/")
    let all = [name] + numbers + ["\(times)", unit] + (predicted.map { [Self.written($0)] } ?? [])
    return all.joined(separator: " | ")
  }

  private static func written(_ number: Double) -> String { String(format: "%.10g", number) }

  /// Reads a line back; `nil` if it is none.
  public init?(line: String) {
    let parts = line.components(separatedBy: " | ")
    guard (6...7).contains(parts.count), let median = Double(parts[1]), let least = Double(parts[2]),
      let greatest = Double(parts[3]), let times = Int(parts[4])
    else { return nil }
    (name, unit, self.times) = (parts[0], parts[5], times)
    (self.median, self.least, self.greatest) = (median, least, greatest)
    predicted = parts.count == 7 ? Double(parts[6]) : nil
  }
}
