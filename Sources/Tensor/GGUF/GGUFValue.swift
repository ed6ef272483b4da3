/// A value of a GGUF file's metadata. Integers and floating-point numbers of every width are kept in the widest,
/// exactly.
public enum GGUFValue: Sendable, Equatable {
  case unsigned(UInt64)
  case signed(Int64)
  case float(Double)
  case bool(Bool)
  case string(String)
  case array(GGUFArray)
}

extension GGUFValue: CustomStringConvertible {
  /// What it is, for messages: a long text is cut, of an array only the kind and the size are told.
  public var description: String {
    switch self {
    case .unsigned(let value): "the integer \(value)"
    case .signed(let value): "the integer \(value)"
    case .float(let value): "the number \(value)"
    case .bool(let value): "\(value)"
    case .string(let value): "the text “\(value.prefix(40))\(value.count > 40 ? "…" : "")”"
    case .array(let value): "\(value)"
    }
  }
}
