/// Stands at every hook of a run: makes the interventions there, then keeps what was asked for.
final class Observer {
  private let configuration: ModelConfiguration
  private let interventions: [PreparedIntervention]
  /// The indices of the interventions at each point.
  private let byPoint: [HookPoint: [Int]]
  private let captured: Set<HookPoint>
  private let positions: Positions

  private(set) var activations: Activations
  private(set) var reports: [InterventionReport]

  init(
    interventions: [PreparedIntervention], capture: Set<HookPoint>, at positions: Positions, sequences: Int,
    configuration: ModelConfiguration
  ) {
    self.configuration = configuration
    self.interventions = interventions
    self.positions = positions
    captured = capture
    var byPoint: [HookPoint: [Int]] = [:]
    for (index, intervention) in interventions.enumerated() {
      for point in intervention.points { byPoint[point, default: []].append(index) }
    }
    self.byPoint = byPoint
    activations = Activations(points: capture, sequences: sequences, configuration: configuration)
    reports = interventions.map { _ in InterventionReport(sequences: sequences) }
  }

  /// Whether anything happens at a hook.
  func watches(_ site: HookSite, _ layer: Int = 0) -> Bool {
    let point = HookPoint(site, layer: layer)
    return captured.contains(point) || byPoint[point] != nil
  }

  /// Intervenes in, then captures, the rows of a batch: `[rows, width]`, in place.
  func visit(_ site: HookSite, _ layer: Int = 0, _ buffer: Buffer, _ segments: [Segment]) throws {
    let point = HookPoint(site, layer: layer)
    let width = site.width(in: configuration)
    if let indices = byPoint[point] {
      for index in indices { try intervene(index, point, buffer, width, segments) }
    }
    guard captured.contains(point) else { return }
    for segment in segments {
      let kept = keptPositions(of: segment)
      var values: [Float] = []
      values.reserveCapacity(kept.count * width)
      for position in kept {
        let row = buffer + (segment.row + position - segment.start) * width
        values.append(contentsOf: UnsafeBufferPointer(start: row, count: width))
      }
      activations.set(Activations.Entry(values: values, positions: kept), point, segment.sequence)
    }
  }

  /// Captures scores or a pattern of one sequence: `[heads, queries, keys]`.
  func capturePairwise(_ site: HookSite, _ layer: Int, _ buffer: Buffer, _ segment: Segment) {
    let point = HookPoint(site, layer: layer)
    guard captured.contains(point) else { return }
    let kept = keptPositions(of: segment)
    let keys = segment.end
    var values: [Float] = []
    values.reserveCapacity(configuration.heads * kept.count * keys)
    for head in 0..<configuration.heads {
      for position in kept {
        let row = buffer + (head * segment.count + position - segment.start) * keys
        values.append(contentsOf: UnsafeBufferPointer(start: row, count: keys))
      }
    }
    activations.set(Activations.Entry(values: values, positions: kept, keys: keys), point, segment.sequence)
  }

  private func keptPositions(of segment: Segment) -> [Int] {
    (segment.start..<segment.end).filter {
      positions.contains($0, ofSequence: segment.sequence, promptLength: segment.promptLength)
    }
  }

  private func intervene(
    _ index: Int, _ point: HookPoint, _ buffer: Buffer, _ width: Int, _ segments: [Segment]
  ) throws {
    let intervention = interventions[index]
    for segment in segments {
      for i in 0..<segment.count {
        let position = segment.start + i
        guard
          intervention.source.positions.contains(
            position, ofSequence: segment.sequence, promptLength: segment.promptLength)
        else { continue }
        let row = UnsafeMutableBufferPointer(start: buffer + (segment.row + i) * width, count: width)
        reports[index].firedBySequence[segment.sequence] += 1
        let squared = try intervention.apply(to: row, point: point, sequence: segment.sequence, position: position)
        if let squared {
          reports[index].changed += 1
          reports[index].squaredChange[segment.sequence] += squared
        }
      }
    }
  }
}
