extension Rotary {
  /// Reads `rope_parameters` (transformers 5), or `rope_theta` and `rope_scaling` (before).
  package init(from reader: ConfigurationReader) throws {
    let modern = try reader.object("rope_parameters")
    let settings = try modern ?? reader.object("rope_scaling")
    let base: Double
    if let inner = try modern?.number("rope_theta") {
      base = inner
    } else if let outer = try reader.number("rope_theta") {
      base = outer
    } else if let modern {
      base = try modern.number("rope_theta", meaning: "base of the rotary frequencies")
    } else {
      // The first Llama configurations predate the key: transformers takes 10,000 there, and so do they.
      base = 10_000
    }
    self.init(base: base, scaling: try settings.map(Scaling.init(from:)) ?? .none)
  }
}

extension Rotary.Scaling {
  fileprivate init(from reader: ConfigurationReader) throws {
    let key = reader.value("rope_type") == nil && reader.value("type") != nil ? "type" : "rope_type"
    let kind = try reader.string(key) ?? "default"
    var known: Set = ["rope_type", "type", "rope_theta"]
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
    default:
      throw reader.unsupported(key, .string(kind), "default, linear, llama3")
    }
    for name in reader.keys where !known.contains(name) {
      // A key that the kind of scaling does not read is harmless only where it says nothing.
      if name == "partial_rotary_factor" {
        try reader.refuse(name, unless: [.integer(1), .number(1)], supported: "1")
      } else if let value = reader.value(name), kind != "default" {
        throw reader.unsupported(name, value, known.sorted().joined(separator: ", "))
      }
    }
  }
}
