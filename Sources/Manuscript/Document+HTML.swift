extension Document {
  /// The prose as HTML.
  ///
  /// Whatever the document holds is escaped, raw HTML is left out, and links lead only to `http`, `https`, `mailto` and
  /// relative addresses. What the closures return is taken as HTML: they escape what they insert.
  /// - Parameters:
  ///   - value: The HTML of an inline value.
  ///   - reference: The HTML of a cross reference.
  ///   - cell: The HTML that stands in place of a cell.
  public func html(
    value: (InlineValue) -> String, reference: (CrossReference) -> String, cell: (Cell) -> String
  ) -> String {
    withoutActuallyEscaping(value) { value in
      withoutActuallyEscaping(reference) { reference in
        withoutActuallyEscaping(cell) { cell in
          var writer = HTMLWriter(value: value, reference: reference, cell: cell)
          writer.write(blocks)
          return writer.html
        }
      }
    }
  }
}
