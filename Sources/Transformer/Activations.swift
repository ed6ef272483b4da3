import Tensor

/// Activations that a run captured: for each hook and each sequence, the rows of the captured positions.
public struct Activations: Sendable {
  /// Rows of one hook in one sequence.
  struct Entry: Sendable {
    /// `[positions * width]`, or `[heads * positions * keys]` for pairwise sites.
    var values: [Float]
    /// Which position of the sequence each row is, increasing.
    var positions: [Int]
    /// Number of keys of pairwise sites; 0 for others.
    var keys = 0

    /// The rows with a shape: by ``HookSite/shape(in:)``.
    func tensor(_ hook: HookPoint, _ configuration: ModelConfiguration) -> Tensor {
      let shape = hook.site.shape(in: configuration)
      return Tensor(hook.site.isPairwise ? shape + [positions.count, keys] : [positions.count] + shape, values)
    }

    /// These rows, with another's where it has them: a stretch of these positions. Of a pairwise site it may have fewer
    /// keys; its queries then see none of the others.
    func replacing(by other: Entry) -> Entry {
      guard let first = other.positions.first.flatMap(positions.firstIndex), other.keys <= keys else { return self }
      let (count, others) = (positions.count, other.positions.count)
      let heads = keys > 0 ? values.count / (count * keys) : 1
      let (width, taken) = (values.count / (heads * count), other.values.count / (heads * others))
      var mixed = self
      for row in 0..<heads * others {
        let (head, place) = row.quotientAndRemainder(dividingBy: others)
        let to = (head * count + first + place) * width
        mixed.values.replaceSubrange(to..<to + taken, with: other.values[row * taken..<(row + 1) * taken])
      }
      return mixed
    }
  }

  private var entries: [HookPoint: [Entry?]] = [:]
  private let shapes: [HookPoint: [Int]]
  /// Number of sequences of the batch.
  public private(set) var sequenceCount: Int

  /// The captured hooks, by name.
  public var hooks: [HookPoint] { shapes.keys.sorted { ($0.layer, $0.description) < ($1.layer, $1.description) } }

  init(points: Set<HookPoint>, sequences: Int, configuration: ModelConfiguration) {
    sequenceCount = sequences
    shapes = Dictionary(uniqueKeysWithValues: points.map { ($0, $0.site.shape(in: configuration)) })
    for point in points { entries[point] = Array(repeating: nil, count: sequences) }
  }

  /// Activations from elsewhere, to be put into a run: for each sequence a tensor `[positions, width]` and the
  /// positions that its rows belong to.
  ///
  /// - Throws: ``InterventionError/wrongWidth(intervention:hook:expected:found:)`` if a tensor's size does not fit.
  public init(
    _ hook: HookPoint, rows: [(values: [Float], positions: [Int])], configuration: ModelConfiguration
  ) throws {
    self.init(points: [hook], sequences: rows.count, configuration: configuration)
    let width = hook.site.width(in: configuration)
    for (sequence, row) in rows.enumerated() {
      guard row.values.count == row.positions.count * width else {
        throw InterventionError.wrongWidth(
          intervention: "replace with given rows", hook: hook.description, expected: row.positions.count * width,
          found: row.values.count)
      }
      set(Entry(values: row.values, positions: row.positions), hook, sequence)
    }
  }

  mutating func set(_ entry: Entry, _ point: HookPoint, _ sequence: Int) {
    entries[point]?[sequence] = entry
  }

  /// What a hook had in one sequence, if it was captured.
  func entry(of point: HookPoint, _ sequence: Int) -> Entry? {
    guard let list = entries[point], list.indices.contains(sequence) else { return nil }
    return list[sequence]
  }

  /// Takes the entries that another part of the same batch captured.
  mutating func merge(_ other: Activations) {
    for (point, list) in other.entries {
      for (sequence, entry) in list.enumerated() {
        if let entry { entries[point]?[sequence] = entry }
      }
    }
  }

  /// The values of one position, if they are there: `[width]`.
  func row(_ point: HookPoint, sequence: Int, position: Int) -> ArraySlice<Float>? {
    guard let list = entries[point], sequence < list.count, let entry = list[sequence], !point.site.isPairwise,
      let index = entry.positions.firstIndex(of: position), let shape = shapes[point]
    else { return nil }
    let width = shape.reduce(1, *)
    return entry.values[index * width..<(index + 1) * width]
  }

  /// What one head's query had for every key: `[keys]`.
  func pairwiseRow(_ point: HookPoint, sequence: Int, head: Int, position: Int) -> ArraySlice<Float>? {
    guard let entry = entry(of: point, sequence), point.site.isPairwise,
      let index = entry.positions.firstIndex(of: position)
    else { return nil }
    let begin = (head * entry.positions.count + index) * entry.keys
    return entry.values[begin..<begin + entry.keys]
  }

  // MARK: From elsewhere

  /// The same activations with the sequences in another order: sequence `i` has what `order[i]` had.
  public func reordered(_ order: [Int]) -> Activations {
    var result = self
    for (point, list) in entries { result.entries[point] = order.map { list.indices.contains($0) ? list[$0] : nil } }
    result.sequenceCount = order.count
    return result
  }

  /// For resample ablation: each sequence has what another one had, drawn without replacement so that none keeps its own
  /// (a random cyclic order); a single sequence keeps its own.
  public func resampled(by stream: RandomStream) -> Activations {
    var generator = stream.generator()
    let cycle = Array(0..<sequenceCount).shuffled(using: &generator)
    var order = Array(0..<sequenceCount)
    for (i, sequence) in cycle.enumerated() { order[sequence] = cycle[(i + 1) % cycle.count] }
    return reordered(order)
  }

  /// The same rows at other positions, for patching between prompts that do not align: of each sequence, what was at
  /// the first position of each pair is put at the second. Other rows are dropped, and so are scores and patterns.
  public func moved(_ positions: [[(from: Int, to: Int)]]) -> Activations {
    var result = self
    for (point, list) in entries {
      result.entries[point] = list.enumerated().map { sequence, entry in
        guard let entry, !point.site.isPairwise, sequence < positions.count else { return nil }
        let width = entry.values.count / max(1, entry.positions.count)
        var (values, places): ([Float], [Int]) = ([], [])
        for pair in positions[sequence].sorted(by: { $0.to < $1.to }) {
          guard let index = entry.positions.firstIndex(of: pair.from) else { continue }
          values += entry.values[index * width..<(index + 1) * width]
          places.append(pair.to)
        }
        return Entry(values: values, positions: places)
      }
    }
    return result
  }

  // MARK: Reading

  /// What a hook had in one sequence.
  ///
  /// - Returns: `[positions, d_model]`, `[positions, heads, d_head]`, ... by ``HookSite/shape(in:)``;
  ///   `[heads, positions, keys]` for scores and patterns. Row `i` is position `positions(hook, sequence)[i]`.
  /// - Throws: ``HookError`` if the hook was not captured or the sequence does not exist.
  public func tensor(_ hook: HookPoint, sequence: Int) throws -> Tensor {
    let entry = try entry(hook, sequence)
    let shape = shapes[hook] ?? []
    return Tensor(
      hook.site.isPairwise ? shape + [entry.positions.count, entry.keys] : [entry.positions.count] + shape,
      entry.values)
  }

  /// Which positions of a sequence were captured.
  ///
  /// - Throws: ``HookError`` if the hook was not captured or the sequence does not exist.
  public func positions(_ hook: HookPoint, sequence: Int) throws -> [Int] {
    try entry(hook, sequence).positions
  }

  private func entry(_ hook: HookPoint, _ sequence: Int) throws -> Entry {
    guard let list = entries[hook] else {
      throw HookError.notCaptured(name: hook.description, captured: hooks.map(\.description))
    }
    guard list.indices.contains(sequence) else {
      throw HookError.noSuchSequence(index: sequence, count: sequenceCount)
    }
    return list[sequence] ?? Entry(values: [], positions: [])
  }
}
