import Foundation

/// The time that a template sees: a prompt must not depend on the day it is made.
struct TemplateClock: Sendable {
  /// Seconds since 1970, UTC.
  let seconds: Int

  /// 26 July 2024: the date that published templates fall back on.
  static let standard = TemplateClock(seconds: 1_721_952_000)

  /// `strftime` in UTC.
  func formatted(_ format: String) -> String {
    guard !format.isEmpty else { return "" }
    var time = time_t(seconds)
    var parts = tm()
    gmtime_r(&time, &parts)
    var buffer = [CChar](repeating: 0, count: format.utf8.count * 32 + 64)
    let length = strftime(&buffer, buffer.count, format, &parts)
    return String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

extension Double {
  /// The number with that many decimals, rounded as C rounds.
  func formatted(decimals: Int) -> String { String(format: "%.\(decimals)f", self) }
}

/// The functions that every template can call.
enum Functions {
  static let names: Set = [
    "dict", "namespace", "range", "raise_exception", "strftime_now", "joiner", "cycler", "lipsum", "self",
  ]
  /// As in Jinja's sandbox.
  static let longestRange = 100_000

  static func call(_ name: String, _ arguments: Arguments, _ evaluator: Evaluator) throws -> Value {
    switch name {
    case "raise_exception":
      if let message = arguments[0, "message"] { try evaluator.announce(message) }
      throw ValueError(arguments[0, "message"]?.written.string ?? "no reason given", kind: .raised)
    case "strftime_now":
      guard let format = arguments[0, "format"]?.asText else { throw ValueError("“strftime_now” wants a format") }
      try evaluator.made(format.count * 32)
      return .text(evaluator.clock.formatted(format.string))
    case "namespace", "dict":
      var dictionary = Value.Dictionary()
      if let first = arguments.positional.first {
        if case .dictionary(let given) = first {
          dictionary = given
        } else {
          for pair in try evaluator.items(of: first) {
            let parts = try evaluator.items(of: pair)
            guard parts.count == 2 else { throw ValueError("“\(name)” wants a mapping, or pairs") }
            try evaluator.seek(parts[0], among: dictionary.entries.count)
            dictionary.set(parts[0], parts[1])
          }
        }
      }
      for (key, value) in arguments.named.entries {
        try evaluator.seek(.text(key), among: dictionary.entries.count)
        dictionary.set(.text(key), value)
      }
      if name == "dict" { return .dictionary(dictionary) }
      var variables: [String: Value] = [:]
      for entry in dictionary.entries {
        try evaluator.announce(entry.key)
        let key = entry.key.written.string
        try Value.Namespace.check(key)
        variables[key] = entry.value
      }
      let namespace = Value.Namespace(variables)
      evaluator.remember(namespace)
      return .namespace(namespace)
    case "range": return try range(arguments, evaluator)
    default: throw ValueError("the function “\(name)”", kind: .unsupported)
    }
  }

  private static func range(_ arguments: Arguments, _ evaluator: Evaluator) throws -> Value {
    let bounds = try arguments.positional.map { value in
      guard let bound = value.integer else { throw ValueError("“range” wants whole numbers, not a \(value.typeName)") }
      return bound
    }
    guard (1...3).contains(bounds.count) else { throw ValueError("“range” wants one to three numbers") }
    let (start, end) = bounds.count == 1 ? (0, bounds[0]) : (bounds[0], bounds[1])
    let step = bounds.count == 3 ? bounds[2] : 1
    guard step != 0 else { throw ValueError("“range” with step 0") }
    var values: [Value] = []
    var value = start
    while step > 0 ? value < end : value > end {
      guard values.count < longestRange else { throw ValueError("a range of more than \(longestRange)", kind: .limit) }
      values.append(.int(value))
      let next = value.addingReportingOverflow(step)
      if next.overflow { break }
      value = next.partialValue
    }
    try evaluator.made(items: values.count)
    return .view(.init(kind: .range(start: start, stop: end, step: step), items: values))
  }
}
