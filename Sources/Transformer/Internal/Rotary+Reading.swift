import Foundation

extension Rotary {
  /// Reads `rope_parameters` (transformers 5), or `rope_theta` and `rope_scaling` (before).
  ///
  /// - Parameter key: what the base is called where it stands outside of an object.
  package init(from reader: ConfigurationReader, base key: String = "rope_theta") throws {
    let modern = try reader.object("rope_parameters")
    let scaling = try reader.object("rope_scaling")
    let share = try modern?.number("partial_rotary_factor") ?? reader.number("partial_rotary_factor") ?? 1
    // The first Llama configurations predate the key: transformers takes 10,000 there, and so do they. Where each kind
    // of layer has an object of its own (Gemma 3) the family reads them.
    let base = try modern?.number("rope_theta") ?? reader.number(key) ?? reader.number("rope_theta") ?? 10_000
    guard let settings = modern ?? scaling, settings.value("sliding_attention") == nil else {
      self.init(base: base, share: share)
      return
    }
    self.init(base: base, scaling: try Scaling(from: settings, around: reader), share: share)
  }

  /// Reads one kind of layer's object.
  package init(parameters reader: ConfigurationReader) throws {
    self.init(
      base: try reader.number("rope_theta", meaning: "base of the rotary frequencies"),
      scaling: try Scaling(from: reader, around: reader))
  }
}

extension Rotary.Scaling {
  /// - Parameter outer: the configuration around the object, which may hold what the object lacks.
  fileprivate init(from reader: ConfigurationReader, around outer: ConfigurationReader) throws {
    let key = reader.value("rope_type") == nil && reader.value("type") != nil ? "type" : "rope_type"
    var kind = try reader.string(key) ?? "default"
    // Early Phi-3 files call it “su”, or “yarn”, and have its lists of factors.
    if kind == "su" || (kind == "yarn" && reader.value("short_factor") != nil) { kind = "longrope" }
    var known: Set = ["rope_type", "type", "rope_theta", "partial_rotary_factor"]
    switch kind {
    case "default": self = .none
    case "linear":
      known.insert("factor")
      self = .linear(factor: try reader.number("factor", meaning: "how far positions are stretched"))
    case "llama3":
      known.formUnion(["factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings"])
      self = .llama3(
        factor: try reader.number("factor", meaning: "how far low frequencies are stretched"),
        lowFrequencyFactor: try reader.number("low_freq_factor", meaning: "below it frequencies are stretched"),
        highFrequencyFactor: try reader.number("high_freq_factor", meaning: "above it frequencies are kept"),
        originalMaximumPositions: try reader.number(
          "original_max_position_embeddings", meaning: "context length before stretching"))
    case "longrope":
      known.formUnion([
        "short_factor", "long_factor", "factor", "attention_factor", "original_max_position_embeddings",
      ])
      self = try .longRope(from: reader, around: outer)
    default:
      throw reader.unsupported(key, .string(kind), "default, linear, llama3, longrope")
    }
    for name in reader.keys where !known.contains(name) {
      // A key that the kind of scaling does not read is harmless only where there is no scaling.
      if let value = reader.value(name), kind != "default" {
        throw reader.unsupported(name, value, known.sorted().joined(separator: ", "))
      }
    }
  }

  private static func longRope(
    from reader: ConfigurationReader, around outer: ConfigurationReader
  ) throws -> Rotary.Scaling {
    let length = "original_max_position_embeddings"
    let whole = try outer.integer("max_position_embeddings") ?? 0
    let original: Int =
      if let inner = try outer.integer(length) ?? reader.integer(length) { inner } else { whole }
    guard original > 1 else {
      throw ConfigurationError.inconsistent(
        file: reader.file, problem: "the context length before stretching, \(length), is \(original)")
    }
    let factor = try reader.number("factor") ?? Double(whole) / Double(original)
    let attention =
      try reader.number("attention_factor")
      ?? (factor <= 1 ? 1 : (1 + log(factor) / log(Double(original))).squareRoot())
    func factors(_ key: String) throws -> [Double] {
      try reader.numbers(key, meaning: "by how much each frequency is divided")
    }
    return .longRope(
      Rotary.LongRope(
        short: try factors("short_factor"), long: try factors("long_factor"), originalMaximumPositions: original,
        attentionFactor: attention))
  }
}
