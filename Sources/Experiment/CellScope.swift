import Foundation
import Manuscript

/// What is known of a cell before anything runs.
public struct CellScope: Sendable {
  /// The cell as it stands in the document.
  public let cell: Cell
  /// The model and its tokenizer; `nil` if the cell has none, or the model is yet to be written by another cell.
  public let subject: Subject?
  /// The rows that the cell's `data` names; `nil` if it names none.
  public let data: Dataset?
  /// The folder that holds `experiments/`.
  public let root: URL

  /// What is known of a cell, from its parts.
  public init(cell: Cell, subject: Subject?, data: Dataset?, root: URL) {
    self.cell = cell
    self.subject = subject
    self.data = data
    self.root = root
  }

  /// Where the document gives a setting, or where the cell stands if it does not.
  public func location(of key: String) -> SourceLocation {
    cell.body[key]?.location ?? cell.location
  }

  /// The problem, if there is one, that a setting names a column which the data lack.
  public func missing(column: String, setting: String) -> Problem? {
    guard let data, !data.columns.contains(column) else { return nil }
    return .unknown(
      column, kind: "column", in: "in the data “\(data.name)”", allowed: data.columns, at: location(of: setting))
  }

  /// The problems of a filter: columns that the data lack, and conditions that no row meets.
  public func problems(of filter: RowFilter, setting: String) -> [Problem] {
    data.map { filter.problems(in: $0, setting: setting, at: location(of: setting)) } ?? []
  }

  /// The problems of layers that the model does not have.
  public func problems(of layers: Layers, setting: String) -> [Problem] {
    guard let subject, case .some(let wanted) = layers else { return [] }
    let count = subject.model.configuration.layers
    return wanted.filter { $0 >= count }.map {
      Problem(
        "layer \($0) does not exist in the model “\(subject.name)”", at: location(of: setting),
        expected: "expected: 0 to \(count - 1)")
    }
  }

  /// The problems of positions that some row does not have, or that the setting cannot take.
  ///
  /// - Parameters:
  ///   - single: whether a range is too much.
  ///   - answered: whether there is a response to read.
  public func problems(
    of positions: [Position], setting: String, single: Bool = false, answered: Bool = false
  ) -> [Problem] {
    positions.compactMap { position in
      if single, !position.isSingle {
        return Problem(
          "“\(position)” is a range of tokens", at: location(of: setting), expected: "expected: one token, as “last”")
      }
      if position.anchor == .response { return problem(ofResponse: position, setting: setting, answered: answered) }
      guard let data, case .span(let name) = position.anchor else { return nil }
      let without = data.rows.filter { $0["spans"]?[name] == nil }.count
      guard without > 0 else { return nil }
      let known = Set(
        data.rows.flatMap { row -> [String] in
          if case .group(let spans)? = row["spans"] { Array(spans.keys) } else { [] }
        })
      return Problem(
        "\(without) of \(data.rows.count) rows of the data “\(data.name)” have no span “\(name)”",
        at: location(of: setting),
        expected: "allowed: last, instruction[i], post_instruction[i], response[i]"
          + known.sorted().map { ", \($0)" }.joined(),
        help: nearest(name, among: known).map { "did you mean “\($0)”?" })
    }
  }

  private func problem(ofResponse position: Position, setting: String, answered: Bool) -> Problem? {
    guard answered else {
      return Problem(
        "“\(position)” lies in the response, and {\(cell.kind)} reads prompts alone", at: location(of: setting),
        expected: "allowed: last, instruction[i], post_instruction[i], spans of the data")
    }
    guard let data, !data.columns.contains("response") else { return nil }
    return Problem(
      "“\(position)” lies in the response, and the data “\(data.name)” have no column “response”",
      at: location(of: setting), help: "name the column that holds it: data: {file: …, columns: {response: …}}")
  }

  /// The problems of a column that says of each of some rows whether something is so: that it is there, and that every
  /// row has 0 or 1 in it. A row that does not say would count as one that says no.
  public func problems(ofLabels column: String, in rows: RowFilter, setting: String) -> [Problem] {
    if let missing = missing(column: column, setting: setting) { return [missing] }
    guard let data else { return [] }
    let read = data.rows.indices.filter { rows.accepts(data.rows[$0]) }
    let unclear = read.filter { data.rows[$0][column]?.truth == nil }
    guard let first = unclear.first else { return [] }
    let found = data.rows[first][column].map { "holds “\($0.plain)”" } ?? "is empty"
    return [
      Problem(
        "the column “\(column)” \(found) in row \(first + 1)"
          + (unclear.count > 1 ? ", and \(unclear.count - 1) more of \(read.count) are no better" : ""),
        at: location(of: setting), expected: "expected: 0 or 1, true or false",
        help: "leave such rows out: name those to read under “rows”")
    ]
  }

  /// The problems of answers that are more than one token for the model: they have no probability at one place.
  public func problems(ofAnswers words: [String], setting: String) -> [Problem] {
    guard let subject else { return [] }
    return words.compactMap { word in
      let tokens = subject.tokenizer.encode(word)
      guard tokens.count != 1 else { return nil }
      let pieces = tokens.map { "“\(subject.tokenizer.displayString($0))”" }.joined(separator: " ")
      return Problem(
        "“\(word)” is \(tokens.count) tokens for the model “\(subject.name)”: \(pieces)", at: location(of: setting),
        expected: "expected: answers that are one token each",
        help: "begin with a space if the model writes it so, or take the first token alone")
    }
  }

  /// The problems of two answers whose logits are compared: that there are two, each one token.
  public func problems(ofTwoAnswers words: [String], setting: String) -> [Problem] {
    let count =
      words.count == 2
      ? []
      : [Problem("“\(setting)” names \(words.count)", at: location(of: setting), expected: "expected: two")]
    return count + problems(ofAnswers: words, setting: setting)
  }

  /// The problems of filters that let one row into two parts: nothing may be tested on what it was selected on.
  public func problems(ofParts parts: [(name: String, rows: RowFilter)]) -> [Problem] {
    guard let data else { return [] }
    var problems: [Problem] = []
    for (index, first) in parts.enumerated() {
      for second in parts[(index + 1)...] {
        let count = data.rows.count { first.rows.accepts($0) && second.rows.accepts($0) }
        guard count > 0 else { continue }
        problems.append(
          Problem(
            "\(count) row\(count == 1 ? " is" : "s are") accepted by both “\(first.name)” and “\(second.name)”",
            at: location(of: second.name),
            help: "nothing may be tested on rows that it was selected on; make the conditions exclude each other"))
      }
    }
    return problems
  }

  /// How many tokens of a prompt some positions stand for, judged by the first row that is a prompt.
  public func count(of positions: [Position]) -> Int {
    guard let data, let subject, positions.contains(where: { !$0.isSingle }) else { return positions.count }
    let answered = positions.contains { $0.anchor == .response }
    let first = data.rows.indices.lazy.compactMap {
      try? subject.prompt(for: data.rows[$0], at: $0, in: data, answered: answered)
    }.first
    guard let first else { return positions.count }
    return positions.reduce(0) { $0 + ((try? $1.expanded(in: [first]).count) ?? 1) }
  }

  /// The work of running every row of a filter once.
  ///
  /// - Parameters:
  ///   - filter: the rows.
  ///   - floats: values of width `d_model` kept for each row, as float32; a row's next-token logits are counted too.
  ///   - everywhere: such values kept for each token.
  public func work(
    _ filter: RowFilter, keeping floats: Int = 0, everywhere: Int = 0, generating new: Int? = nil
  ) -> Work {
    guard let data, let subject else { return Work() }
    let lengths = data.rows.filter(filter.accepts).map { subject.tokenCount(of: $0, in: data) ?? 0 }
    let (tokens, c) = (lengths.reduce(0, +), subject.model.configuration)
    return Work(
      tokens: tokens + lengths.count * (new ?? 0),
      bytes: subject.model.activationBytes(places: lengths.count * floats + tokens * everywhere)
        + lengths.count * c.vocabularySize * MemoryLayout<Float>.stride,
      sequences: lengths.count, longest: (lengths.max() ?? 0) + (new ?? 0), generates: new != nil)
  }
}
