import Tensor

/// Days give the events of a chain names of their own, so that thoughts can go through them one by one.
enum Weekday: String, CaseIterable, Sendable {
  case monday = "Monday"
  case tuesday = "Tuesday"
  case wednesday = "Wednesday"
  case thursday = "Thursday"
  case friday = "Friday"
  case saturday = "Saturday"
  case sunday = "Sunday"

  /// `count` days of one week, in order.
  static func drawn(_ count: Int, using generator: inout RandomStream.Generator) -> [Weekday] {
    let chosen = Set(generator.sample(allCases, count: count))
    return allCases.filter(chosen.contains)
  }
}
