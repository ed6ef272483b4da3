extension Document {
  /// Names that an expression may start with although no cell has them as its label.
  public static let wellKnownRoots: Set<String> = ["baseline", "data", "model", "params"]

  /// Reads a document.
  ///
  /// - Parameters:
  ///   - source: The Markdown text.
  ///   - file: The path that messages name.
  ///   - overrides: Values that replace those of the front matter: `model`, `data`, `seed`, and any parameter.
  ///   - roots: Names that expressions may start with besides the labels of cells.
  /// - Throws: ``Problems`` with everything that is wrong, if anything is.
  public static func parse(
    source: String, file: String, overrides: [String: String] = [:], roots: Set<String> = wellKnownRoots
  ) throws(Problems) -> Document {
    let text = SourceText(source, file: file)
    var front = FrontMatterReader(text, overrides: overrides)
    front.read()
    var markdown = MarkdownReader(text, parameters: front.frontMatter.params)
    let blocks = markdown.read(from: front.bodyLine)
    var problems = front.problems + markdown.problems

    var claims: [Claim] = []
    for cell in markdown.cells where cell.kind == ClaimReader.kind {
      var reader = ClaimReader(cell, text: text)
      if let claim = reader.read() { claims.append(claim) }
      problems += reader.problems
    }
    let names = NameCheck(
      cells: markdown.cells, brokenLabels: markdown.brokenLabels, roots: roots,
      parameters: front.frontMatter.params.map(\.key.value))
    problems += names.problems(values: markdown.values, claims: claims, references: markdown.references)
    guard problems.isEmpty else { throw Problems(problems) }

    return Document(
      file: file, source: source,
      title: front.frontMatter.title?.value ?? markdown.headings.first?.text ?? stem(of: file),
      frontMatter: front.frontMatter, cells: markdown.cells, claims: claims, inlineValues: markdown.values,
      references: markdown.references, headings: markdown.headings, blocks: blocks)
  }

  /// The name of a file without folders and extension.
  private static func stem(of file: String) -> String {
    let name = file.split(separator: "/").last.map(String.init) ?? file
    return name.hasSuffix(".md") ? String(name.dropLast(3)) : name
  }

  /// The words of the first paragraph that is not in a list or quote; values that it quotes read as “…”.
  public var firstParagraph: String? { firstParagraph { _ in "…" } }

  /// The words of the first paragraph that is not in a list or quote.
  ///
  /// - Parameter value: The text of each value that it quotes.
  public func firstParagraph(value: (InlineValue) -> String) -> String? {
    for case .paragraph(let inlines) in blocks {
      let words = inlines.plainText(value: value)
      if !words.allSatisfy(\.isWhitespace) { return words }
    }
    return nil
  }
}
