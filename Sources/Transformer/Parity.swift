import Tensor

/// How far the engine is from another run of the same model, tensor by tensor.
///
///     let table = try Parity(of: model, against: golden, reference: nil)
///     table.rows.filter { $0.difference > 3e-5 }
///
/// A golden file is safetensors: `input_ids` `[sequences, tokens]` or `input_ids.{i}` `[tokens]`, and for any of
/// `logits`, `resid_pre.{l}`, `resid_mid.{l}`, `resid_post.{l}`, `attn_out.{l}` and `mlp_out.{l}` (as the modules give
/// them, before any norm behind them), `pattern.{l}`, `final_norm`, or a hook's full name, a tensor with the sequences as
/// its first axis, or one for each sequence with `.{i}` behind its name. `f32.` or `f64.` may stand before a name.
public struct Parity: Sendable {
  /// One tensor's comparison.
  public struct Row: Sendable {
    /// The tensor's name in the golden file, without a sequence's number.
    public let tensor: String
    /// The largest absolute difference; infinite where one side is not a number.
    public var difference: Double
    /// Where it is: sequence, then the indices of one sequence's values.
    public var index: [Int]
    /// The golden's own largest distance from the float64 reference; `nil` if that was not computed.
    public var floor: Double?
    /// The largest absolute value of the other run's tensor.
    public var magnitude = 0.0
  }

  /// A row for each tensor of the golden file that the engine yields, in the order of the file.
  public let rows: [Row]
  /// Tensors of the golden file that were not compared.
  public let skipped: [String]

  /// Compares a model with a golden file.
  ///
  /// - Parameters:
  ///   - model: the engine's model.
  ///   - golden: another run of it.
  ///   - reference: the same model in float64, for the golden's own noise floor; slow for large models.
  /// - Throws: ``ParityError`` if the file holds no tokens, nothing to compare, or tensors of another shape; what a run
  ///   throws.
  public init(of model: Model, against golden: SafetensorsFile, reference: ReferenceModel? = nil) throws {
    let tokens = try Self.tokens(in: golden)
    let tensors = Self.tensors(in: golden, sequences: tokens.count, model: model.configuration)
    guard !tensors.isEmpty else { throw ParityError.nothing(file: golden.path) }
    let hooks = Set(tensors.compactMap(\.point))
    let forward = try model.forward(tokens, capture: hooks.map(HookPattern.init), logits: .all)
    let exact = try reference?.forward(tokens)
    rows = try tensors.map { tensor in
      var row = Row(tensor: tensor.name, difference: 0, index: [], floor: exact == nil ? nil : 0)
      for sequence in tokens.indices {
        let theirs = try tensor.values(golden, sequence)
        let ours =
          try tensor.point.map { try forward.activation($0, sequence: sequence) }
          ?? forward.logits(sequence: sequence)
        guard ours.count == theirs.count else {
          throw ParityError.shape(
            file: golden.path, tensor: tensor.name, sequence: sequence, expected: ours.shape, found: theirs.count)
        }
        let (difference, place) = Self.largest(ours.values.map(Double.init), theirs)
        row.magnitude = theirs.reduce(row.magnitude) { max($0, abs($1)) }
        if row.index.isEmpty || difference > row.difference {
          row.difference = difference
          row.index = [sequence] + Self.indices(of: place, in: ours.shape)
        }
        if let exact {
          row.floor = exact[sequence].values(tensor.point).map { max(row.floor ?? 0, Self.largest($0, theirs).0) }
        }
      }
      return row
    }
    let read = Set(tensors.flatMap(\.stored))
    skipped = golden.entries.map(\.name).filter { !read.contains($0) && !$0.hasPrefix("input_ids") }
  }

  /// Compares a model with the float64 reference on some sequences: logits, the residual stream behind every block, and
  /// the last norm.
  ///
  /// - Parameter progress: told how many of the reference's layers are done, of how many; what it throws stops it.
  /// - Throws: what a run throws.
  public init(
    of model: Model, on sequences: [[Int]], against reference: ReferenceModel,
    progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws {
    let layers = model.configuration.layers
    let points = (0..<layers).map { HookPoint(.residPost, layer: $0) } + [HookPoint(.lnFinalNormalized)]
    let exact = try reference.forward(sequences, keeping: Set(points).contains, progress: progress)
    let forward = try model.forward(sequences, capture: points.map(HookPattern.init), logits: .all)
    rows = try ([HookPoint?](points) + [nil]).map { point in
      var row = Row(tensor: point?.description ?? "logits", difference: 0, index: [], floor: nil)
      for sequence in sequences.indices {
        let ours =
          try point.map { try forward.activation($0, sequence: sequence) } ?? forward.logits(sequence: sequence)
        let theirs = point.map { exact[sequence].activations[$0] ?? [] } ?? exact[sequence].logits
        // Nothing compared would be no difference.
        guard ours.count == theirs.reduce(0, { $0 + $1.count }) else {
          throw ParityError.shape(
            file: "the float64 reference", tensor: row.tensor, sequence: sequence, expected: ours.shape,
            found: theirs.reduce(0) { $0 + $1.count })
        }
        // A token at a time: logits are many.
        for (token, values) in theirs.enumerated() {
          let (difference, place) = Self.largest(ours.row(token).values.map(Double.init), values)
          row.magnitude = values.reduce(row.magnitude) { max($0, abs($1)) }
          if row.index.isEmpty || difference > row.difference {
            row.difference = difference
            row.index = [sequence] + Self.indices(of: token * ours.width + place, in: ours.shape)
          }
        }
      }
      return row
    }
    skipped = []
  }

  // MARK: The golden file

  /// One quantity in a golden file.
  private struct Quantity {
    let name: String
    /// The hook; `nil` for logits.
    let point: HookPoint?
    /// The stored tensors: one for all sequences, or one for each.
    let stored: [String]

    func values(_ golden: SafetensorsFile, _ sequence: Int) throws -> [Double] {
      if stored.count > 1 || stored[0] != name { return try golden.doubles(stored[sequence]) }
      let all = try golden.doubles(name)
      let count = all.count / max(1, try golden.entry(name).shape.first ?? 1)
      guard (sequence + 1) * count <= all.count else { return [] }
      return Array(all[sequence * count..<(sequence + 1) * count])
    }
  }

  private static func tokens(in golden: SafetensorsFile) throws -> [[Int]] {
    if golden.contains("input_ids") {
      let ids = try golden.integers("input_ids").map { Int($0) }
      let shape = try golden.entry("input_ids").shape
      guard shape.count == 2, shape[1] > 0 else { throw ParityError.noTokens(file: golden.path) }
      return stride(from: 0, to: ids.count, by: shape[1]).map { Array(ids[$0..<$0 + shape[1]]) }
    }
    var tokens: [[Int]] = []
    while golden.contains("input_ids.\(tokens.count)") {
      tokens.append(try golden.integers("input_ids.\(tokens.count)").map { Int($0) })
    }
    guard !tokens.isEmpty else { throw ParityError.noTokens(file: golden.path) }
    return tokens
  }

  private static func tensors(
    in golden: SafetensorsFile, sequences: Int, model: ModelConfiguration
  ) -> [Quantity] {
    var seen = Set<String>()
    return golden.entries.compactMap { entry in
      for name in [entry.name, stem(of: entry.name)] where !name.isEmpty {
        guard let point = point(name, model) else { continue }
        guard seen.insert(name).inserted else { return nil }
        let each = (0..<sequences).map { "\(name).\($0)" }
        if name == entry.name { return Quantity(name: name, point: point.hook, stored: [name]) }
        return each.allSatisfy(golden.contains) ? Quantity(name: name, point: point.hook, stored: each) : nil
      }
      return nil
    }
  }

  /// A name without a sequence's number behind it.
  private static func stem(of name: String) -> String {
    guard let dot = name.lastIndex(of: "."), Int(name[name.index(after: dot)...]) != nil else { return "" }
    return String(name[..<dot])
  }

  /// The hook of a golden's name, `.some(nil)` for logits, `nil` for what is no name of a quantity.
  private static func point(_ full: String, _ model: ModelConfiguration) -> (hook: HookPoint?, Void)? {
    let isPrefixed = full.hasPrefix("f32.") || full.hasPrefix("f64.")
    let name = isPrefixed ? String(full.dropFirst(4)) : full
    if name == "logits" { return (nil, ()) }
    if name == "final_norm" { return (HookPoint(.lnFinalNormalized), ()) }
    let sites: [String: HookSite] = [
      "resid_pre": .residPre, "resid_mid": .residMid, "resid_post": .residPost, "attn_out": .attnModuleOut,
      "mlp_out": .mlpModuleOut, "pattern": .pattern,
    ]
    let parts = name.split(separator: ".")
    if parts.count == 2, let site = sites[String(parts[0])], let layer = Int(parts[1]), layer < model.layers {
      return (HookPoint(site, layer: layer), ())
    }
    guard name.contains("hook_"), let point = try? HookPoint(name), point.site.exists(in: model),
      point.layer < model.layers
    else { return nil }
    return (point, ())
  }

  private static func largest(_ a: [Double], _ b: [Double]) -> (Double, Int) {
    var (largest, place) = (-1.0, 0)
    for i in 0..<min(a.count, b.count) {
      let difference = abs(a[i] - b[i])
      let value = difference.isNaN ? .infinity : difference
      if value > largest { (largest, place) = (value, i) }
    }
    return (max(0, largest), place)
  }

  private static func indices(of place: Int, in shape: [Int]) -> [Int] {
    var (rest, indices) = (place, [Int]())
    for size in shape.reversed() {
      indices.insert(rest % max(1, size), at: 0)
      rest /= max(1, size)
    }
    return indices
  }
}

extension ReferenceModel.Output {
  /// The values under a hook, or the logits, flat; `nil` for hooks that the reference does not yield.
  fileprivate func values(_ point: HookPoint?) -> [Double]? {
    guard let point else { return logits.flatMap { $0 } }
    if point.site == .pattern { return patterns[point.layer].flatMap { $0.flatMap { $0 } } }
    return activations[point]?.flatMap { $0 }
  }
}

/// A golden file that cannot be compared with.
public enum ParityError: Error, Hashable, Sendable, CustomStringConvertible {
  case noTokens(file: String)
  case nothing(file: String)
  case shape(file: String, tensor: String, sequence: Int, expected: [Int], found: Int)

  /// What was expected, what was found, and what to do.
  public var description: String {
    switch self {
    case .noTokens(let file):
      "\(file): no tokens here; expected “input_ids” [sequences, tokens], or “input_ids.0” [tokens] and so on."
    case .nothing(let file):
      "\(file): nothing to compare; expected logits, resid_post.{l}, attn_out.{l}, pattern.{l} or full names of hooks."
    case .shape(let file, let tensor, let sequence, let expected, let found):
      "\(file): “\(tensor)” has \(found) numbers for sequence \(sequence), and the engine gives \(expected). "
        + "Check that the file belongs to this model."
    }
  }
}
