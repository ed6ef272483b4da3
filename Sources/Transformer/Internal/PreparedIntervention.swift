/// An intervention checked against a model, with what it needs row by row.
struct PreparedIntervention: Sendable {
  enum Operation: Sendable {
    case zero
    case set([Float])
    /// Unit length.
    case ablate([Double])
    /// Scaled already.
    case add([Double])
    case replace(Activations)
  }

  let source: Intervention
  let points: [HookPoint]
  let operation: Operation

  /// - Throws: ``InterventionError``, ``HookError`` if a site is unknown or not writable, or a vector does not fit.
  init(_ source: Intervention, configuration: ModelConfiguration, sequences: Int) throws {
    self.source = source
    let points = try source.hooks.flatMap { try $0.points(in: configuration) }
    self.points = points
    let name = source.description
    if case .indices(let lists) = source.positions, lists.count != sequences {
      throw InterventionError.wrongSequenceCount(
        what: "the positions of “\(name)”", expected: sequences, found: lists.count)
    }
    func check(_ vector: [Float]) throws {
      for point in points where point.site.width(in: configuration) != vector.count {
        throw InterventionError.wrongWidth(
          intervention: name, hook: point.description, expected: point.site.width(in: configuration),
          found: vector.count)
      }
    }
    for point in points where !point.site.isWritable {
      throw InterventionError.notWritable(intervention: name, hook: point.description)
    }
    switch source.operation {
    case .zero: operation = .zero
    case .mean(let vector):
      try check(vector)
      operation = .set(vector)
    case .ablate(let direction):
      try check(direction)
      let length = direction.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      guard length > 0, length.isFinite else { throw InterventionError.noDirection(intervention: name) }
      operation = .ablate(direction.map { Double($0) / length })
    case .add(let vector, let scale):
      try check(vector)
      operation = .add(vector.map { Double($0) * scale })
    case .replace(let activations):
      guard activations.sequenceCount == sequences else {
        throw InterventionError.wrongSequenceCount(
          what: "the stored activations of “\(name)”", expected: sequences, found: activations.sequenceCount)
      }
      operation = .replace(activations)
    }
  }

  /// Changes one position's values in place: `[width]`.
  ///
  /// - Returns: the sum of squared changes, `nil` where the bits stayed.
  func apply(
    to row: UnsafeMutableBufferPointer<Float>, point: HookPoint, sequence: Int, position: Int
  ) throws -> Double? {
    switch operation {
    case .zero: return change(row) { _, _ in 0 }
    case .set(let vector): return change(row) { i, _ in vector[i] }
    case .ablate(let direction):
      var projection = 0.0
      for i in row.indices { projection += Double(row[i]) * direction[i] }
      return change(row) { i, x in Float(Double(x) - projection * direction[i]) }
    case .add(let vector): return change(row) { i, x in Float(Double(x) + vector[i]) }
    case .replace(let activations):
      guard let stored = activations.row(point, sequence: sequence, position: position) else {
        throw InterventionError.noReplacement(
          intervention: source.description, hook: point.description, sequence: sequence, position: position)
      }
      return change(row) { i, _ in stored[stored.startIndex + i] }
    }
  }

  private func change(
    _ row: UnsafeMutableBufferPointer<Float>, _ value: (Int, Float) -> Float
  ) -> Double? {
    var squared = 0.0
    var changed = false
    for i in row.indices {
      let old = row[i]
      let new = value(i, old)
      if new.bitPattern != old.bitPattern {
        changed = true
        let difference = Double(new) - Double(old)
        squared += difference * difference
        row[i] = new
      }
    }
    return changed ? squared : nil
  }
}
