import Manuscript

/// The kinds of cells that are known, by name.
public struct Registry: Sendable {
  private let kinds: [String: any CellKind.Type]

  /// Later kinds take the place of earlier ones of the same name.
  public init(_ kinds: [any CellKind.Type]) {
    self.kinds = Dictionary(kinds.map { ($0.name, $0) }) { _, later in later }
  }

  /// The names, sorted.
  public var names: [String] { kinds.keys.sorted() }

  /// Whether cells of a kind measure what differs between equal runs.
  public func measures(_ kind: String) -> Bool { kinds[kind]?.measures ?? false }

  /// Reads a cell as what its fence says it is.
  ///
  /// - Throws: `Problems` if no kind has that name, or the body is not what the kind expects.
  public func prepare(_ cell: Cell) throws(Problems) -> PreparedCell {
    guard let kind = kinds[cell.kind] else {
      throw Problems([
        .unknown(cell.kind, kind: "cell kind", allowed: names + ["claim"] + Declarations.keys.keys, at: cell.location)
      ])
    }
    return try Self.prepare(cell, as: kind)
  }

  private static func prepare<Kind: CellKind>(_ cell: Cell, as kind: Kind.Type) throws(Problems) -> PreparedCell {
    try PreparedCell(cell, as: kind)
  }

  /// The reference documentation of every kind, in Markdown, made from the declarations of their settings.
  public var documentation: String {
    (names.compactMap(documentation) + [Declarations.documentation]).joined(separator: "\n")
  }

  /// The reference documentation of one kind; `nil` if there is none of that name.
  public func documentation(of name: String) -> String? {
    kinds[name].map { Self.documentation(of: $0) }
      ?? (["model", "data"].contains(name) ? Declarations.documentation : nil)
  }

  private static func documentation(of kind: any CellKind.Type) -> String {
    func text<Kind: CellKind>(_ kind: Kind.Type) -> String {
      let defaults = Kind.Settings()
      let rows = Kind.Settings.keys.map { key in
        let standard = key.isRequired ? "required" : "`\(key.written(defaults))`"
        return "| `\(key.name)` | \(key.form) | \(standard) | \(key.summary) |"
      }
      return """
        ## `{\(kind.name)}`

        \(kind.summary)

        | key | form | default | meaning |
        |---|---|---|---|
        \(rows.joined(separator: "\n"))

        """
    }
    return text(kind)
  }
}
