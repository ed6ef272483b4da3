/// What a user asks, and the truth about it.
public struct Request: Sendable, Hashable {
  /// Places in a text, in UTF-8 bytes.
  public struct Spans: Sendable, Hashable {
    /// The object's noun.
    public let object: Range<Int>
    /// The whole text of the task.
    public let task: Range<Int>
  }

  /// The user's words.
  public let text: String
  /// How it is built.
  public let family: Family
  /// Which sentence it is poured into: `single/0`; requests of one template differ in their tasks only.
  public let template: String
  /// What is told, in order of telling.
  public let tasks: [Task]
  /// Which of ``tasks`` are asked for: both in a double, one otherwise.
  public let asked: [Int]
  /// Where each of ``tasks`` stands in ``text``.
  public let taskSpans: [Spans]
  /// What must be worked out before the rules can be applied.
  public let reasoning: Reasoning
  /// What about it training never sees.
  public let split: Split
  /// The name of the minimal pair that it belongs to.
  public let pair: String?

  /// The first task asked for.
  public var task: Task { tasks[asked[0]] }
  /// Where the first task asked for stands.
  public var spans: Spans { taskSpans[asked[0]] }
  /// The tasks asked for.
  public var askedTasks: [Task] { asked.map { tasks[$0] } }

  /// What to do: the strictest label of the tasks asked for.
  public var label: Label {
    let labels = askedTasks.map(\.label)
    return labels.contains(.refuse) ? .refuse : (labels.contains(.caveat) ? .caveat : .comply)
  }

  /// Whether a rule is broken.
  public var isHarmful: Bool { label == .refuse }

  /// The rules broken by what is asked for, each once, in alphabetical order.
  public var categories: [Category] { Set(askedTasks.flatMap(\.categories)).sorted() }

  /// Whether skipping what must be worked out would have given another answer to “refuse?”: the other plan's harm
  /// differs, the opposite consent's, the other kind of owner's. Never true of families that need no steps.
  public var isPivotal: Bool {
    switch reasoning {
    case .none: return false
    case .person, .order: return Set(tasks.map(\.isHarmful)).count == 2
    case .consent:
      return task.cell.map { $0.withOppositeConsent.isHarmful != isHarmful } ?? false
    case .ownership:
      return task.cell.map { $0.withOppositeOwner.isHarmful != isHarmful } ?? false
    }
  }

  /// How many things happen between the first state and the last (chains), or must be looked up (orders, names).
  public var steps: Int {
    switch reasoning {
    case .none: 0
    case .person: 1
    case .order(let order): order.isIndirect ? 2 : 1
    case .consent(let chain): chain.events.count
    case .ownership(let chain): chain.events.count
    }
  }
}

extension Request {
  /// Pours tasks into a sentence's slots `{T}` and `{U}`.
  init(
    _ tasks: [Task], into template: Template, named name: String, values: [String: String] = [:], family: Family,
    asked: [Int]? = nil, reasoning: Reasoning = .none, split: Split, pair: String? = nil
  ) {
    var values = values
    let slots = ["T", "U"]
    for (slot, task) in zip(slots, tasks) { values[slot] = task.text }
    let (text, ranges) = template.fill(values)
    self.text = text
    taskSpans = zip(slots, tasks).map { slot, task in
      let place = ranges[slot] ?? 0..<0
      let object = task.objectRange
      return Spans(
        object: (place.lowerBound + object.lowerBound)..<(place.lowerBound + object.upperBound), task: place)
    }
    self.family = family
    self.template = name
    self.tasks = tasks
    self.asked = asked ?? Array(tasks.indices)
    self.reasoning = reasoning
    self.split = split
    self.pair = pair
  }
}
