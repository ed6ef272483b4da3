/// A block of the prose.
package indirect enum Block: Sendable, Hashable {
  case heading(Heading, [Inline])
  case paragraph([Inline])
  case code(language: String, text: String)
  case cell(Cell)
  case quote([Block])
  case list(start: Int?, tight: Bool, items: [[Block]])
  case rule
  case html
  case table(Table)

  /// A pipe table; every row has as many cells as the header.
  package struct Table: Sendable, Hashable {
    let alignments: [Alignment?]
    let header: [[Inline]]
    let rows: [[[Inline]]]
  }

  /// How a column of a table is set.
  package enum Alignment: String, Sendable {
    case left, center, right
  }
}

/// A piece of a paragraph or heading.
package indirect enum Inline: Sendable, Hashable {
  case text(String)
  case softBreak
  case lineBreak
  case code(String)
  case emphasis([Inline])
  case strong([Inline])
  case link(url: String, title: String, [Inline])
  case image(url: String, title: String, [Inline])
  case html
  case value(InlineValue)
  case reference(CrossReference)
}

extension [Inline] {
  /// The words without markup.
  func plainText(value: (InlineValue) -> String = { _ in "…" }) -> String {
    reduce(into: "") { text, inline in
      switch inline {
      case .text(let words), .code(let words): text += words
      case .softBreak, .lineBreak: text += " "
      case .emphasis(let children), .strong(let children): text += children.plainText(value: value)
      case .link(_, _, let children), .image(_, _, let children): text += children.plainText(value: value)
      case .html: break
      case .value(let quoted): text += value(quoted)
      case .reference(let reference): text += reference.source
      }
    }
  }
}
