import Manuscript
import Tokenizer

/// A field of a request: its name, and how it is read. One declaration reads it, and words what is wrong with it.
struct RequestField: Sendable {
  let name: String
  let read: @Sendable (OrderedJSON, inout ChatRequest) throws(Refusal) -> Void

  /// A field of its own form.
  init(_ name: String, read: @escaping @Sendable (OrderedJSON, inout ChatRequest) throws(Refusal) -> Void) {
    (self.name, self.read) = (name, read)
  }

  /// A field of one value.
  ///
  /// - Parameters:
  ///   - expected: what may be written.
  ///   - take: puts the value where it belongs; `false` if it is none that may be written.
  init(
    _ name: String, _ expected: String, take: @escaping @Sendable (OrderedJSON, inout ChatRequest) -> Bool
  ) {
    self.init(name) { value, request throws(Refusal) in
      guard take(value, &request) else {
        throw .field(name, "“\(name)” is \(value.kind); expected \(expected)")
      }
    }
  }

  /// A field that may only say what is done anyway: to pass anything else over would be to answer another question.
  init(_ name: String, only expected: String, accepts: @escaping @Sendable (OrderedJSON) -> Bool) {
    self.init(name) { value, _ throws(Refusal) in
      guard accepts(value) else {
        throw .field(
          name, "“\(name)” is \(value.kind), which this server cannot do; expected \(expected), or nothing",
          code: "unsupported_value")
      }
    }
  }
}

extension Refusal {
  static func unknown(_ name: String, among known: [String], in path: String?) -> Refusal {
    let place = path.map { "\($0).\(name)" } ?? name
    let meant = nearest(name, among: known).map { "did you mean “\($0)”?" }
    return .field(
      place, "there is no field “\(place)”; " + (meant ?? "expected one of \(known.joined(separator: ", "))"),
      code: "unknown_parameter")
  }
}

extension OrderedJSON {
  /// The number, whole or not.
  var number: Double? {
    switch self {
    case .int(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  /// Whether it holds nothing.
  var isEmpty: Bool { array?.isEmpty ?? members?.isEmpty ?? false }
}
