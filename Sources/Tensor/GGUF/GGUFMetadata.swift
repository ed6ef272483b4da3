/// What a GGUF file says of its model: named values.
///
///     let layers = try file.metadata.integer("llama.block_count")
///     let base = try file.metadata.float(ifPresent: "llama.rope.freq_base") ?? 10_000
///     let vocabulary = try file.metadata.strings("tokenizer.ggml.tokens")
public struct GGUFMetadata: Sendable {
  /// The names, in the order of the file.
  public let keys: [String]

  private let values: [String: GGUFValue]
  private let file: String

  init(keys: [String], values: [String: GGUFValue], file: String) {
    self.keys = keys
    self.values = values
    self.file = file
  }

  /// The value of that name; `nil` if there is none.
  public subscript(key: String) -> GGUFValue? { values[key] }

  // MARK: Values that must be there

  /// An integer, of any width and sign.
  ///
  /// - Throws: `GGUFError` if there is no value of that name, with the nearest; if it is no integer or exceeds Int64.
  public func integer(_ key: String) throws(GGUFError) -> Int { try present(key, integer(ifPresent: key)) }

  /// A floating-point number, exactly as stored: `Float` of it gives a stored float32 back.
  ///
  /// - Throws: `GGUFError` if there is no value of that name, with the nearest; if it is no floating-point number.
  public func float(_ key: String) throws(GGUFError) -> Double { try present(key, float(ifPresent: key)) }

  /// A truth value.
  ///
  /// - Throws: `GGUFError` if there is no value of that name, with the nearest; if it is no truth value.
  public func bool(_ key: String) throws(GGUFError) -> Bool { try present(key, bool(ifPresent: key)) }

  /// A text.
  ///
  /// - Throws: `GGUFError` if there is no value of that name, with the nearest; if it is no text.
  public func string(_ key: String) throws(GGUFError) -> String { try present(key, string(ifPresent: key)) }

  /// An array of integers, of any width and sign.
  ///
  /// - Throws: `GGUFError` if there is no value of that name, with the nearest; if it is no array of integers or one of
  ///   them exceeds Int64.
  public func integers(_ key: String) throws(GGUFError) -> [Int] { try present(key, integers(ifPresent: key)) }

  /// An array of floating-point numbers, exactly as stored.
  ///
  /// - Throws: `GGUFError` if there is no value of that name, with the nearest; if it is no array of such numbers.
  public func floats(_ key: String) throws(GGUFError) -> [Double] { try present(key, floats(ifPresent: key)) }

  /// An array of truth values.
  ///
  /// - Throws: `GGUFError` if there is no value of that name, with the nearest; if it is no array of truth values.
  public func bools(_ key: String) throws(GGUFError) -> [Bool] { try present(key, bools(ifPresent: key)) }

  /// An array of texts.
  ///
  /// - Throws: `GGUFError` if there is no value of that name, with the nearest; if it is no array of texts.
  public func strings(_ key: String) throws(GGUFError) -> [String] { try present(key, strings(ifPresent: key)) }

  // MARK: Values that may be missing

  /// An integer, of any width and sign; `nil` if there is no value of that name.
  ///
  /// - Throws: `GGUFError` if the value is no integer or exceeds Int64.
  public func integer(ifPresent key: String) throws(GGUFError) -> Int? {
    try read(key, as: "an integer below 2^63") { value in
      switch value {
      case .unsigned(let value): Int(exactly: value)
      case .signed(let value): Int(exactly: value)
      default: nil
      }
    }
  }

  /// A floating-point number, exactly as stored; `nil` if there is no value of that name.
  ///
  /// - Throws: `GGUFError` if the value is no floating-point number.
  public func float(ifPresent key: String) throws(GGUFError) -> Double? {
    try read(key, as: "a floating-point number") { if case .float(let value) = $0 { value } else { nil } }
  }

  /// A truth value; `nil` if there is no value of that name.
  ///
  /// - Throws: `GGUFError` if the value is no truth value.
  public func bool(ifPresent key: String) throws(GGUFError) -> Bool? {
    try read(key, as: "a truth value") { if case .bool(let value) = $0 { value } else { nil } }
  }

  /// A text; `nil` if there is no value of that name.
  ///
  /// - Throws: `GGUFError` if the value is no text.
  public func string(ifPresent key: String) throws(GGUFError) -> String? {
    try read(key, as: "a text") { if case .string(let value) = $0 { value } else { nil } }
  }

  /// An array of integers, of any width and sign; `nil` if there is no value of that name.
  ///
  /// - Throws: `GGUFError` if the value is no array of integers or one of them exceeds Int64.
  public func integers(ifPresent key: String) throws(GGUFError) -> [Int]? {
    try read(key, as: "an array of integers below 2^63") { value in
      switch value {
      case .array(.unsigned(let values)):
        values.allSatisfy { $0 <= UInt64(Int.max) } ? values.map { Int(truncatingIfNeeded: $0) } : nil
      case .array(.signed(let values)): values.map { Int($0) }
      default: nil
      }
    }
  }

  /// An array of floating-point numbers, exactly as stored; `nil` if there is no value of that name.
  ///
  /// - Throws: `GGUFError` if the value is no array of such numbers.
  public func floats(ifPresent key: String) throws(GGUFError) -> [Double]? {
    try read(key, as: "an array of floating-point numbers") {
      if case .array(.floats(let values)) = $0 { values } else { nil }
    }
  }

  /// An array of truth values; `nil` if there is no value of that name.
  ///
  /// - Throws: `GGUFError` if the value is no array of truth values.
  public func bools(ifPresent key: String) throws(GGUFError) -> [Bool]? {
    try read(key, as: "an array of truth values") { if case .array(.bools(let values)) = $0 { values } else { nil } }
  }

  /// An array of texts; `nil` if there is no value of that name.
  ///
  /// - Throws: `GGUFError` if the value is no array of texts.
  public func strings(ifPresent key: String) throws(GGUFError) -> [String]? {
    try read(key, as: "an array of texts") { if case .array(.strings(let values)) = $0 { values } else { nil } }
  }

  private func read<T>(
    _ key: String, as wanted: String, _ convert: (GGUFValue) -> T?
  ) throws(GGUFError) -> T? {
    guard let value = values[key] else { return nil }
    guard let converted = convert(value) else {
      throw GGUFError(file: file, place: .key(key), problem: .wrongValue(found: "\(value)", wanted: wanted))
    }
    return converted
  }

  private func present<T>(_ key: String, _ value: T?) throws(GGUFError) -> T {
    guard let value else {
      throw GGUFError(file: file, place: .key(key), problem: .missing(nearest: NearestName.of(key, among: keys)))
    }
    return value
  }
}
