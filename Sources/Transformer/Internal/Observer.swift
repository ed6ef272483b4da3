/// Stands at every hook of a run: makes the interventions there, then keeps what was asked for.
final class Observer {
  private let configuration: ModelConfiguration
  /// For each arm, what is done.
  private let arms: [[PreparedIntervention]]
  /// At each point, by arm, the indices of its interventions.
  private let byPoint: [HookPoint: [Int: [Int]]]
  private let captured: Set<HookPoint>
  private let positions: Positions

  /// What was kept, by slot.
  private(set) var activations: Activations
  /// For each arm a report for each intervention.
  private(set) var reports: [[InterventionReport]]

  /// - Parameters:
  ///   - arms: lists of interventions; each segment names one.
  ///   - capture: hooks to keep.
  ///   - positions: at which positions they are kept.
  ///   - slots: how many items the run has.
  ///   - sequences: how many sequences these are of.
  init(
    arms: [[PreparedIntervention]], capture: Set<HookPoint>, at positions: Positions, slots: Int, sequences: Int,
    configuration: ModelConfiguration
  ) {
    self.configuration = configuration
    self.arms = arms
    self.positions = positions
    captured = capture
    var byPoint: [HookPoint: [Int: [Int]]] = [:]
    for (arm, interventions) in arms.enumerated() {
      for (index, intervention) in interventions.enumerated() {
        for point in intervention.points { byPoint[point, default: [:]][arm, default: []].append(index) }
      }
    }
    self.byPoint = byPoint
    activations = Activations(points: capture, sequences: slots, configuration: configuration)
    reports = arms.map { $0.map { InterventionReport(hooks: $0.points.count, sequences: sequences) } }
  }

  /// One that neither changes nor keeps anything.
  static func idle(_ configuration: ModelConfiguration) -> Observer {
    Observer(arms: [], capture: [], at: .all, slots: 0, sequences: 0, configuration: configuration)
  }

  /// Whether anything happens at a hook.
  func watches(_ site: HookSite, _ layer: Int = 0) -> Bool {
    let point = HookPoint(site, layer: layer)
    return captured.contains(point) || byPoint[point] != nil
  }

  /// Whether anything is changed at a hook.
  func intervenes(_ site: HookSite, _ layer: Int = 0) -> Bool { byPoint[HookPoint(site, layer: layer)] != nil }

  /// Whether anything happens at a hook behind the input of a block.
  func watchesBehind(_ site: HookSite, _ layer: Int) -> Bool {
    let points = captured.union(byPoint.keys)
    return points.contains { $0.layer == layer && $0.site.isPerLayer && $0.site != site || $0.site.isBehindBlocks }
  }

  /// Intervenes in, then captures, the rows of a batch: `[rows, width]`, in place.
  func visit(_ site: HookSite, _ layer: Int = 0, _ buffer: Buffer, _ segments: [Segment]) throws {
    let point = HookPoint(site, layer: layer)
    let width = site.width(in: configuration)
    if let byArm = byPoint[point] {
      for segment in segments {
        for index in byArm[segment.item.arm] ?? [] { try intervene(index, point, buffer, width, segment) }
      }
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
      activations.set(Activations.Entry(values: values, positions: kept), point, segment.slot)
    }
  }

  /// Intervenes in, then captures, scores or a pattern of one sequence: `[heads, queries, keys]`, in place.
  ///
  /// - Parameter window: how many keys a query sees at most; all before it if `nil`.
  func visitPairwise(
    _ site: HookSite, _ layer: Int, _ buffer: Buffer, _ segment: Segment, window: Int?
  ) throws {
    let point = HookPoint(site, layer: layer)
    let keys = segment.end
    func row(_ head: Int, _ position: Int) -> UnsafeMutableBufferPointer<Float> {
      UnsafeMutableBufferPointer(
        start: buffer + (head * segment.count + position - segment.start) * keys, count: keys)
    }
    for index in byPoint[point]?[segment.item.arm] ?? [] {
      let intervention = arms[segment.item.arm][index]
      try forEachPosition(of: intervention, index, point, segment) { position in
        try intervention.applyPairwise(
          { row($0, position) }, heads: configuration.heads,
          seen: max(0, position + 1 - (window ?? keys))..<position + 1,
          point: point, sequence: segment.sequence, position: position, promptLength: segment.promptLength)
      }
    }
    guard captured.contains(point) else { return }
    let kept = keptPositions(of: segment)
    var values: [Float] = []
    values.reserveCapacity(configuration.heads * kept.count * keys)
    for head in 0..<configuration.heads {
      for position in kept { values.append(contentsOf: row(head, position)) }
    }
    activations.set(Activations.Entry(values: values, positions: kept, keys: keys), point, segment.slot)
  }

  private func keptPositions(of segment: Segment) -> [Int] {
    (segment.start..<segment.end).filter {
      positions.contains($0, ofSequence: segment.sequence, promptLength: segment.promptLength)
    }
  }

  private func intervene(
    _ index: Int, _ point: HookPoint, _ buffer: Buffer, _ width: Int, _ segment: Segment
  ) throws {
    let intervention = arms[segment.item.arm][index]
    try forEachPosition(of: intervention, index, point, segment) { position in
      let row = UnsafeMutableBufferPointer(
        start: buffer + (segment.row + position - segment.start) * width, count: width)
      return try intervention.apply(to: row, point: point, sequence: segment.sequence, position: position)
    }
  }

  /// Changes each position that an intervention names, and counts.
  private func forEachPosition(
    of intervention: PreparedIntervention, _ index: Int, _ point: HookPoint, _ segment: Segment,
    _ change: (Int) throws -> Double?
  ) rethrows {
    let (arm, sequence) = (segment.item.arm, segment.sequence)
    let hook = intervention.points.firstIndex(of: point) ?? 0
    for position in segment.start..<segment.end
    where intervention.source.positions.contains(position, ofSequence: sequence, promptLength: segment.promptLength) {
      reports[arm][index].count(try change(position), hook: hook, sequence: sequence)
    }
  }

  /// Counts for some sequences what was counted for another, which stood for all of them.
  func copyReports(from sequence: Int, to others: [Int]) {
    for arm in reports.indices {
      for index in reports[arm].indices {
        for other in others where other != sequence { reports[arm][index].copy(from: sequence, to: other) }
      }
    }
  }
}
