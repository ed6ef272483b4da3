/// What training documents are made of, counted.
public struct CorpusStatistics: Sendable, Hashable, Codable {
  /// How many documents.
  public private(set) var documents = 0
  /// Their length in UTF-8 bytes.
  public private(set) var bytes = 0
  /// Documents by family.
  public private(set) var families: [String: Int] = [:]
  /// Documents by mode.
  public private(set) var modes: [String: Int] = [:]
  /// Documents by label.
  public private(set) var labels: [String: Int] = [:]
  /// Documents by broken rule; those that break two count twice.
  public private(set) var categories: [String: Int] = [:]
  /// Documents by family and label: `single refuse`.
  public private(set) var familyLabels: [String: Int] = [:]
  /// Documents by split.
  public private(set) var splits: [String: Int] = [:]
  /// Documents by family and number of steps: `changes-of-mind 3`.
  public private(set) var steps: [String: Int] = [:]

  /// Counts of nothing.
  public init() {}

  /// Counts the documents of a phase, from the first.
  /// - Throws: ``WorldError`` if the mixture cannot be drawn from.
  public init(of world: World, in phase: World.Phase, documents: Int) throws {
    for index in 0..<max(0, documents) { add(try world.trainingDocument(at: index, in: phase)) }
  }

  /// Counts one document more.
  public mutating func add(_ document: Document) {
    let request = document.request
    documents += 1
    bytes += document.text.utf8.count
    families[request.family.rawValue, default: 0] += 1
    modes[document.mode.rawValue, default: 0] += 1
    labels[request.label.rawValue, default: 0] += 1
    familyLabels["\(request.family.rawValue) \(request.label.rawValue)", default: 0] += 1
    splits[request.split.rawValue, default: 0] += 1
    for category in request.categories { categories[category.rawValue, default: 0] += 1 }
    if request.steps > 0 { steps["\(request.family.rawValue) \(request.steps)", default: 0] += 1 }
  }
}
