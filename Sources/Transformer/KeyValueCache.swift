/// The rotated keys and the values of one sequence's positions so far, in every layer.
///
/// With it a run computes only what is new, and gives the bits that a run over the whole sequence gives.
public final class KeyValueCache: @unchecked Sendable {
  /// How many positions are stored.
  public private(set) var count = 0
  /// How many positions fit before memory is allocated again.
  public private(set) var capacity = 0

  private let width: Int
  private var keys: [Buffer]
  private var values: [Buffer]

  /// An empty cache for a model, with room for some positions.
  public convenience init(for configuration: ModelConfiguration, capacity: Int = 0) {
    self.init(width: configuration.keyValueWidth, layers: configuration.layers)
    reserve(capacity)
  }

  private init(width: Int, layers: Int) {
    self.width = width
    keys = (0..<layers).map { _ in Buffer(0) }
    values = keys
  }

  /// `[count, kv_heads, d_head]`
  func keys(layer: Int) -> UnsafeMutablePointer<Float> { keys[layer].pointer }
  /// `[count, kv_heads, d_head]`
  func values(layer: Int) -> UnsafeMutablePointer<Float> { values[layer].pointer }

  /// Makes room; positions that are stored stay.
  func reserve(_ positions: Int) {
    guard positions > capacity else { return }
    let grown = max(positions, 2 * capacity)
    for layer in keys.indices {
      keys[layer] = copy(keys[layer], capacity: grown)
      values[layer] = copy(values[layer], capacity: grown)
    }
    capacity = grown
  }

  /// Stores one layer's rows `[new, kv_heads, d_head]` behind those that are there. ``advance(by:)`` makes them count.
  func store(
    layer: Int, keys newKeys: UnsafePointer<Float>, values newValues: UnsafePointer<Float>, positions: Int
  ) {
    (keys[layer] + count * width).update(from: newKeys, count: positions * width)
    (values[layer] + count * width).update(from: newValues, count: positions * width)
  }

  /// A cache of its own with the same positions, and room for some more.
  func copy(capacity: Int) -> KeyValueCache {
    let other = KeyValueCache(width: width, layers: keys.count)
    other.reserve(max(capacity, count))
    for layer in keys.indices {
      other.keys[layer].pointer.update(from: keys[layer].pointer, count: count * width)
      other.values[layer].pointer.update(from: values[layer].pointer, count: count * width)
    }
    other.count = count
    return other
  }

  /// Forgets every position; the memory stays.
  func clear() { count = 0 }

  /// Counts positions whose keys and values every layer has stored.
  func advance(by positions: Int) { count += positions }

  private func copy(_ buffer: Buffer, capacity: Int) -> Buffer {
    let larger = Buffer(capacity * width)
    larger.pointer.update(from: buffer.pointer, count: count * width)
    return larger
  }
}
