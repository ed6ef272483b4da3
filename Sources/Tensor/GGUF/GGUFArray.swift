/// An array of a GGUF file's metadata: its elements have one type, and may be arrays themselves.
public enum GGUFArray: Sendable, Equatable {
  case unsigned([UInt64])
  case signed([Int64])
  case floats([Double])
  case bools([Bool])
  case strings([String])
  case arrays([GGUFArray])

  /// How many elements it has.
  public var count: Int {
    switch self {
    case .unsigned(let values): values.count
    case .signed(let values): values.count
    case .floats(let values): values.count
    case .bools(let values): values.count
    case .strings(let values): values.count
    case .arrays(let values): values.count
    }
  }
}

extension GGUFArray: CustomStringConvertible {
  /// What it holds, for messages.
  public var description: String {
    switch self {
    case .unsigned, .signed: "an array of \(count) integers"
    case .floats: "an array of \(count) numbers"
    case .bools: "an array of \(count) truth values"
    case .strings: "an array of \(count) texts"
    case .arrays: "an array of \(count) arrays"
    }
  }
}
