import Manuscript

/// The `{model}` and `{data}` cells of a document: they run nothing, but name what the cells after them work on.
///
/// A cell works on what it names itself - a declaration's label, a name or a path - or else on the nearest declaration
/// above it, or else on what the front matter names. `--set model=…` takes the place of front matter and declarations.
struct Declarations {
  /// The kinds of cells that declare, with the keys that each may have besides its label and caption.
  static let keys = ["model": ModelSource.keys, "data": DataSource.Settings.keys.map(\.name)]

  /// The reference documentation of both kinds, in Markdown.
  static let documentation = """
    ## `{model}` and `{data}`

    Run nothing: they name what the cells below them work on, in the front matter's place. A cell may also name one by its
    label: `model: other`. Every cell may have a `label`, a `caption`, and a `seed` in place of the document's.

    | key | form | default | meaning |
    |---|---|---|---|
    | `path` | text | required | `{model}`: a name in `experiments/models`, or a checkpoint's directory. |
    | `chat_template` | text | the model's own | `{model}`: a file with a template that takes its place. |
    \(dataRows)

    The front matter's `data`, and a cell's own, may be the same map as `{data}` holds. Columns get their names first;
    then rows are filtered, sampled and divided, each row in its place in the file. What is drawn depends on the seed and
    on the row's number alone, so it is the same on every run, and a larger sample holds the smaller one.

    """

  private static var dataRows: String {
    let defaults = DataSource.Settings()
    return DataSource.Settings.keys.map { key in
      let standard = key.isRequired ? "required" : "`\(key.written(defaults))`"
      return "| `\(key.name)` | \(key.form) | \(standard) | `{data}`: \(key.summary) |"
    }.joined(separator: "\n")
  }

  private let document: Document
  private let overridden: Set<String>
  /// What is wrong with the declarations.
  let problems: [Problem]

  init(of document: Document, overrides: some Sequence<String>) {
    self.document = document
    overridden = Set(overrides)
    problems = [
      document.frontMatter.data.map { Self.problems(ofData: $0.value) } ?? [],
      document.cells.flatMap { cell in
        (cell.body["model"].map(Self.problems(ofModel:)) ?? []) + (cell.body["data"].map(Self.problems(ofData:)) ?? [])
      },
      document.cells.flatMap { cell -> [Problem] in
        guard let keys = Self.keys[cell.kind], let main = keys.first else { return [] }
        guard cell.body[main]?.string == nil else {
          return cell.kind == "data"
            ? Self.problems(ofData: Self.source(of: cell)) : Self.problems(ofModel: Self.source(of: cell))
        }
        let unknown = cell.parameters.filter { !keys.contains($0.key.value) }.map { entry in
          Problem.unknown(
            entry.key.value, kind: "key", in: "in {\(cell.kind)}", allowed: keys + ["label", "caption"],
            at: entry.key.location)
        }
        return unknown + [
          Problem(
            "{\(cell.kind)} does not say which: “\(main)” is \(cell.body[main]?.summary ?? "missing")",
            at: cell.body[main]?.location ?? cell.location,
            expected: "expected: a name in experiments/\(cell.kind == "model" ? "models" : "data"), or a path")
        ]
      },
    ].flatMap { $0 }
  }

  /// What is wrong with what a document says of its data, whatever the file holds.
  private static func problems(ofData data: YAMLValue) -> [Problem] {
    do {
      _ = try DataSource(data)
      return []
    } catch {
      return error.list
    }
  }

  /// The same for its model.
  private static func problems(ofModel model: YAMLValue) -> [Problem] {
    do {
      _ = try ModelSource(model)
      return []
    } catch {
      return [error]
    }
  }

  /// The model that a cell works on, if it works on one.
  func model(of cell: Cell) -> ModelSource? {
    if let own = cell.body["model"] {
      guard let declared = own.string.flatMap({ declaration("model", label: $0) }) else { return try? ModelSource(own) }
      return Self.model(declaredBy: declared)
    }
    return nearest("model", above: cell).flatMap(Self.model) ?? document.frontMatter.model
  }

  /// The model of the document as a whole, which expressions call `model`: the front matter's, or the first declared.
  var model: ModelSource? {
    let first = document.cells.first { $0.kind == "model" }
    return document.frontMatter.model ?? first.flatMap(Self.model)
  }

  /// The data that a cell works on, if it works on any: a name or path, or a map; see ``DataSource``.
  func data(of cell: Cell) -> YAMLValue? {
    if let own = cell.body["data"] {
      guard let name = own.string, let declared = declaration("data", label: name) else { return own }
      return Self.source(of: declared)
    }
    return nearest("data", above: cell).map(Self.source) ?? document.frontMatter.data?.value
  }

  private func declaration(_ kind: String, label: String) -> Cell? {
    document.cells.first { $0.kind == kind && $0.label.value == label }
  }

  private func nearest(_ kind: String, above cell: Cell) -> Cell? {
    guard !overridden.contains(kind) else { return nil }
    return document.cells.prefix { $0.label != cell.label }.last { $0.kind == kind }
  }

  private static func model(declaredBy cell: Cell) -> ModelSource? {
    try? ModelSource(source(of: cell))
  }

  private static func source(of cell: Cell) -> YAMLValue {
    YAMLValue(.map(cell.parameters), at: cell.body.location)
  }
}
