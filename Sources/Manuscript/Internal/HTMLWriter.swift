/// Writes blocks as HTML, in the form that CommonMark's examples have; code and tables, which may be wider than their
/// page, can also be reached by keyboard to be scrolled.
struct HTMLWriter {
  private static let omitted = "<!-- raw HTML omitted -->"

  let value: (InlineValue) -> String
  let reference: (CrossReference) -> String
  let cell: (Cell) -> String
  private(set) var html = ""

  init(
    value: @escaping (InlineValue) -> String, reference: @escaping (CrossReference) -> String,
    cell: @escaping (Cell) -> String
  ) {
    self.value = value
    self.reference = reference
    self.cell = cell
  }

  /// - Parameter tight: Whether paragraphs stand bare, as in a tight list.
  mutating func write(_ blocks: [Block], tight: Bool = false) {
    for (index, block) in blocks.enumerated() {
      if case .paragraph(let content) = block, tight {
        write(content)
        if index + 1 < blocks.count { newLine() }
      } else {
        newLine()
        write(block)
        newLine()
      }
    }
  }

  private mutating func newLine() {
    if let last = html.utf8.last, last != UInt8(ascii: "\n") { html += "\n" }
  }

  private mutating func write(_ block: Block) {
    switch block {
    case .heading(let heading, let content):
      html += "<h\(heading.level) id=\"\(HTMLText.escaped(heading.id))\">"
      write(content)
      html += "</h\(heading.level)>"
    case .paragraph(let content):
      html += "<p>"
      write(content)
      html += "</p>"
    case .code(let language, let text):
      let attribute = language.isEmpty ? "" : " class=\"language-\(HTMLText.escaped(language))\""
      html += "<pre tabindex=\"0\"><code\(attribute)>\(HTMLText.escaped(text))</code></pre>"
    case .cell(let source): html += cell(source)
    case .quote(let blocks):
      html += "<blockquote>\n"
      write(blocks)
      html += "</blockquote>"
    case .list(let start, let tight, let items):
      let attribute = start.map { $0 == 1 ? "" : " start=\"\($0)\"" } ?? ""
      html += start == nil ? "<ul>\n" : "<ol\(attribute)>\n"
      for item in items {
        html += "<li>"
        if !tight, !item.isEmpty { html += "\n" }
        write(item, tight: tight)
        html += "</li>\n"
      }
      html += start == nil ? "</ul>" : "</ol>"
    case .rule: html += "<hr />"
    case .html: html += Self.omitted
    case .table(let table): write(table)
    }
  }

  private mutating func write(_ table: Block.Table) {
    let columns = table.header.map { $0.plainText(value: \.source) }.filter { !$0.isEmpty }
    let name = columns.isEmpty ? "table" : columns.joined(separator: ", ")
    html += "<div class=\"frame\" tabindex=\"0\" role=\"region\" aria-label=\"\(HTMLText.escaped(name))\">"
    html += "<table>\n<thead>\n"
    write(table.header, "th", table.alignments)
    html += "</thead>\n"
    if !table.rows.isEmpty {
      html += "<tbody>\n"
      for row in table.rows { write(row, "td", table.alignments) }
      html += "</tbody>\n"
    }
    html += "</table></div>"
  }

  private mutating func write(_ row: [[Inline]], _ tag: String, _ alignments: [Block.Alignment?]) {
    html += "<tr>\n"
    for (cell, alignment) in zip(row, alignments) {
      html += "<\(tag)" + (alignment.map { " align=\"\($0.rawValue)\"" } ?? "") + ">"
      write(cell)
      html += "</\(tag)>\n"
    }
    html += "</tr>\n"
  }

  private mutating func write(_ inlines: [Inline]) {
    for inline in inlines {
      switch inline {
      case .text(let words): html += HTMLText.escaped(words)
      case .softBreak: html += "\n"
      case .lineBreak: html += "<br />\n"
      case .code(let text): html += "<code>\(HTMLText.escaped(text))</code>"
      case .emphasis(let content): wrap(content, in: "em")
      case .strong(let content): wrap(content, in: "strong")
      case .link(let url, let title, let content):
        html += "<a href=\"\(HTMLText.address(url))\"\(Self.attribute(title: title))>"
        write(content)
        html += "</a>"
      case .image(let url, let title, let content):
        let words = content.plainText(value: { $0.source })
        html += "<img src=\"\(HTMLText.address(url, image: true))\" alt=\"\(HTMLText.escaped(words))\""
        html += "\(Self.attribute(title: title)) />"
      case .html: html += Self.omitted
      case .value(let quoted): html += value(quoted)
      case .reference(let target): html += reference(target)
      }
    }
  }

  private mutating func wrap(_ content: [Inline], in tag: String) {
    html += "<\(tag)>"
    write(content)
    html += "</\(tag)>"
  }

  private static func attribute(title: String) -> String {
    title.isEmpty ? "" : " title=\"\(HTMLText.escaped(title))\""
  }
}
