/// An intervention checked against a model, with what it needs row by row.
struct PreparedIntervention: Sendable {
  private enum Operation: Sendable {
    case zero
    case set([Float])
    /// Unit length.
    case ablate([Double])
    /// Scaled already.
    case add([Double])
    case scale(Double)
    case replace(Activations)
    case project(Subspace)
    case remove(Subspace)
    case rotate(Subspace, Activations)
    case knockout(Positions)
  }

  let source: Intervention
  let points: [HookPoint]
  private let operation: Operation
  /// Which elements of a row are changed; all if `nil`. Of pairwise sites: which heads.
  private let elements: [Int]?

  /// - Throws: ``InterventionError``, ``HookError`` if a site is unknown, a vector does not fit, or the operation makes no
  ///   sense there.
  init(_ source: Intervention, configuration: ModelConfiguration, sequences: Int) throws {
    self.source = source
    let name = source.description
    let points = try source.hooks.flatMap { try $0.points(in: configuration) }
    self.points = points
    if case .indices(let lists) = source.positions, lists.count != sequences {
      throw InterventionError.wrongSequenceCount(
        what: "the positions of “\(name)”", expected: sequences, found: lists.count)
    }
    for point in points where !source.operation.suits(point.site) {
      throw InterventionError.unsuited(intervention: name, hook: point.description)
    }
    let parts = try points.map { try Self.elements(of: source.components, at: $0, name, configuration) }
    let elements = parts.first ?? nil
    self.elements = elements
    let widths = zip(points, parts).map { point, part in
      (point: point, site: point.site.width(in: configuration), part: part?.count)
    }
    // Heads of different sites may have different sizes; a part is the same elements everywhere.
    if let other = zip(points, parts).first(where: { $0.1 != parts[0] }) {
      throw InterventionError.unequalParts(intervention: name, hooks: [points[0], other.0].map(\.description))
    }

    /// A vector as wide as what is changed, from one that is as wide, or as the whole site.
    func fit(_ vector: [Float]) throws -> [Float] {
      for (point, site, part) in widths where vector.count != part ?? site && vector.count != site {
        throw InterventionError.wrongWidth(
          intervention: name, hook: point.description, expected: part ?? site, found: vector.count)
      }
      guard let elements, vector.count != elements.count else { return vector }
      return elements.map { vector[$0] }
    }
    func fit(_ subspace: Subspace) throws -> Subspace {
      for (point, site, part) in widths where subspace.width != part ?? site {
        throw InterventionError.wrongWidth(
          intervention: name, hook: point.description, expected: part ?? site, found: subspace.width)
      }
      return subspace
    }
    func stored(_ activations: Activations) throws -> Activations {
      guard activations.sequenceCount == sequences else {
        throw InterventionError.wrongSequenceCount(
          what: "the stored activations of “\(name)”", expected: sequences, found: activations.sequenceCount)
      }
      return activations
    }
    switch source.operation {
    case .zero: operation = .zero
    case .mean(let vector): operation = .set(try fit(vector))
    case .ablate(let direction):
      let direction = try fit(direction)
      let length = direction.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      guard length > 0, length.isFinite else { throw InterventionError.noDirection(intervention: name) }
      operation = .ablate(direction.map { Double($0) / length })
    case .add(let vector, let scale): operation = .add(try fit(vector).map { Double($0) * scale })
    case .scale(let factor): operation = .scale(factor)
    case .replace(let activations): operation = .replace(try stored(activations))
    case .project(let subspace): operation = .project(try fit(subspace))
    case .remove(let subspace): operation = .remove(try fit(subspace))
    case .rotate(let subspace, let activations): operation = .rotate(try fit(subspace), try stored(activations))
    case .knockout(let keys):
      if case .indices(let lists) = keys, lists.count != sequences {
        throw InterventionError.wrongSequenceCount(
          what: "the keys of “\(name)”", expected: sequences, found: lists.count)
      }
      operation = .knockout(keys)
    }
  }

  /// The elements of a row that components stand for, or the heads of a pairwise site; `nil` for all.
  private static func elements(
    of components: Intervention.Components, at point: HookPoint, _ name: String, _ configuration: ModelConfiguration
  ) throws -> [Int]? {
    let shape = point.site.shape(in: configuration)
    func check(_ list: [Int], _ kind: String, _ count: Int, _ fits: Bool) throws {
      guard fits else {
        throw InterventionError.noSuchParts(intervention: name, hook: point.description, kind: kind)
      }
      guard !list.isEmpty, Set(list).count == list.count, list.allSatisfy({ (0..<count).contains($0) }) else {
        throw InterventionError.outOfRange(intervention: name, hook: point.description, kind: kind, count: count)
      }
    }
    switch components {
    case .all: return nil
    case .heads(let heads):
      try check(heads, "heads", shape[0], shape.count == 2 || point.site.isPairwise)
      guard !point.site.isPairwise else { return heads }
      return heads.flatMap { Array($0 * shape[1]..<($0 + 1) * shape[1]) }
    case .neurons(let neurons):
      try check(neurons, "neurons", shape[0], shape.count == 1 && !point.site.isPairwise)
      return neurons
    }
  }

  /// Whether it does the same in several sequences, at some positions where these have the same tokens.
  func isAlike(in sequences: [Int], at positions: Range<Int>, promptLength: (Int) -> Int) -> Bool {
    guard let first = sequences.first else { return true }
    func agree(_ places: Positions, _ range: Range<Int>) -> Bool {
      range.allSatisfy { position in
        let there = places.contains(position, ofSequence: first, promptLength: promptLength(first))
        return sequences.allSatisfy {
          places.contains(position, ofSequence: $0, promptLength: promptLength($0)) == there
        }
      }
    }
    guard agree(source.positions, positions) else { return false }
    switch operation {
    case .replace, .rotate:
      return !positions.contains {
        source.positions.contains($0, ofSequence: first, promptLength: promptLength(first))
      }
    case .knockout(let keys): return agree(keys, 0..<positions.upperBound)
    default: return true
    }
  }

  // MARK: Rows

  /// Changes one position's values in place: `[width]`.
  ///
  /// - Returns: the sum of squared changes, `nil` where the bits stayed.
  func apply(
    to row: UnsafeMutableBufferPointer<Float>, point: HookPoint, sequence: Int, position: Int
  ) throws -> Double? {
    func stored(_ activations: Activations) throws -> ArraySlice<Float> {
      guard let stored = activations.row(point, sequence: sequence, position: position) else {
        throw InterventionError.noReplacement(
          intervention: source.description, hook: point.description, sequence: sequence, position: position)
      }
      return stored
    }
    func selected() -> [Double] { elements.map { $0.map { Double(row[$0]) } } ?? row.map(Double.init) }
    switch operation {
    case .zero: return change(row) { _, _, _ in 0 }
    case .set(let vector): return change(row) { i, _, _ in vector[i] }
    case .ablate(let direction):
      var projection = 0.0
      for i in direction.indices { projection += Double(row[elements?[i] ?? i]) * direction[i] }
      return change(row) { i, _, x in Float(Double(x) - projection * direction[i]) }
    case .add(let vector): return change(row) { i, _, x in Float(Double(x) + vector[i]) }
    case .scale(let factor): return change(row) { _, _, x in Float(Double(x) * factor) }
    case .replace(let activations):
      let other = try stored(activations)
      return change(row) { _, element, _ in other[other.startIndex + element] }
    case .project(let subspace):
      let projection = subspace.projection(of: selected())
      return change(row) { i, _, _ in Float(projection[i]) }
    case .remove(let subspace):
      let projection = subspace.projection(of: selected())
      return change(row) { i, _, x in Float(Double(x) - projection[i]) }
    case .rotate(let subspace, let activations):
      let other = try stored(activations)
      let own = selected()
      let difference = own.indices.map { Double(other[other.startIndex + (elements?[$0] ?? $0)]) - own[$0] }
      let projection = subspace.projection(of: difference)
      return change(row) { i, _, x in Float(Double(x) + projection[i]) }
    case .knockout: return nil
    }
  }

  /// Sets each changed element to a function of its number among those, its number in the row, and its value.
  private func change(
    _ row: UnsafeMutableBufferPointer<Float>, _ value: (Int, Int, Float) -> Float
  ) -> Double? {
    var squared = 0.0
    var changed = false
    for i in 0..<(elements?.count ?? row.count) {
      let element = elements?[i] ?? i
      let old = row[element]
      let new = value(i, element, old)
      if new.bitPattern != old.bitPattern {
        changed = true
        let difference = Double(new) - Double(old)
        squared += difference * difference
        row[element] = new
      }
    }
    return changed ? squared : nil
  }

  // MARK: Scores and patterns

  /// Changes what every chosen head has for one query: `keys(head)` gives its row over all keys of the sequence.
  ///
  /// - Parameters:
  ///   - heads: how many heads the site has.
  ///   - seen: the keys that the query sees.
  /// - Returns: the sum of squared changes that are finite, `nil` where the bits stayed.
  func applyPairwise(
    _ keys: (_ head: Int) -> UnsafeMutableBufferPointer<Float>, heads: Int, seen: Range<Int>, point: HookPoint,
    sequence: Int, position: Int, promptLength: Int
  ) throws -> Double? {
    var squared: Double?
    for head in elements ?? Array(0..<heads) {
      let row = keys(head)
      func set(_ key: Int, _ new: Float) {
        guard new.bitPattern != row[key].bitPattern else { return }
        let difference = Double(new) - Double(row[key])
        squared = (squared ?? 0) + (difference.isFinite ? difference * difference : 0)
        row[key] = new
      }
      switch operation {
      case .zero: for key in seen { set(key, 0) }
      case .scale(let factor): for key in seen { set(key, Float(Double(row[key]) * factor)) }
      case .replace(let activations):
        guard let other = activations.pairwiseRow(point, sequence: sequence, head: head, position: position),
          other.count >= seen.upperBound
        else {
          throw InterventionError.noReplacement(
            intervention: source.description, hook: point.description, sequence: sequence, position: position)
        }
        for key in seen { set(key, other[other.startIndex + key]) }
      case .knockout(let positions):
        let cut = seen.filter { positions.contains($0, ofSequence: sequence, promptLength: promptLength) }
        guard cut.count < seen.count else {
          throw InterventionError.noKeyLeft(
            intervention: source.description, hook: point.description, sequence: sequence, position: position)
        }
        for key in cut { set(key, -.infinity) }
      default: break
      }
    }
    return squared
  }
}

extension Intervention.Operation {
  /// Whether it makes sense at a site.
  fileprivate func suits(_ site: HookSite) -> Bool {
    switch self {
    case .scale, .replace: true
    case .zero: site != .attnScores && !site.isScale
    case .knockout: site == .attnScores
    case .mean, .ablate, .add, .project, .remove, .rotate: !site.isPairwise
    }
  }
}
