extension YAMLValue {
  /// Reads YAML that stands in a file of its own.
  ///
  /// - Throws: ``Problems`` with everything that is wrong with it, each with its place.
  public init(parsing text: String, file: String) throws(Problems) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).count
    let starts = (1...lines + 1).map { SourceLocation(file: file, line: $0, column: 1) }
    var reader = YAMLReader(text, starts: starts, parameters: nil)
    let value = reader.read()
    guard let value, reader.problems.isEmpty else { throw Problems(reader.problems) }
    self = value
  }
}
