/// What stands between the two `---` lines at the head of a document.
public struct FrontMatter: Sendable, Hashable {
  /// The title, if the front matter gives one.
  public var title: Located<String>?
  /// The model, and its chat template if it is not its own.
  public var model: ModelSource?
  /// The data: a name, a path, or a map with column names.
  public var data: Located<YAMLValue>?
  /// The parameters in the order of the text, overrides applied; a cell writes `$folds` to use the parameter `folds`.
  public var params: [YAMLEntry] = []
  /// The seed of all randomness in the document.
  public var seed: UInt64 = 0
  /// Tags that the index groups by.
  public var tags: [String] = []
  /// One or two sentences for the index.
  public var description: String?
  /// Who wrote the document.
  public var author: String?
  /// What is kept out of records and reports.
  public var redact: Set<Redaction> = []

  /// Whether the document runs only when it is named, since it takes hours.
  public var isOnRequest = false

  /// The keys that front matter may have.
  public static let keys = [
    "author", "data", "description", "model", "on_request", "params", "redact", "seed", "tags", "title",
  ]

  /// The value of a parameter, or `nil` if there is none of that name.
  public func parameter(_ name: String) -> YAMLValue? { params.first { $0.key.value == name }?.value }
}
