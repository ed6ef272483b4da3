import Experiment
import Manuscript
import Statistics

/// `{labeller}`: the rules by which responses are labelled, and how they agree with a reader who labelled some by hand.
///
/// Whoever labels responses names such a cell, so that no label is used whose agreement is not on record.
package enum LabellerCell: CellKind {
  package static let name = "labeller"
  package static let version = 1
  package static let summary =
    "Declares the rules by which responses are labelled, and compares them with labels given by hand."
  package static let usesModel = false

  /// Fewer leave an agreement of 1 with an interval that reaches below 0.84.
  static let fewest = 20

  package static func problems(_ settings: LabellerSettings, in scope: CellScope) -> [Problem] {
    let columns =
      [("truth", settings.truth), ("data", "response")] + Question.all.map { ("hand", $0.column(settings)) }
    var problems = columns.compactMap { setting, column in scope.missing(column: column, setting: setting) }
    if !settings.mentions.isEmpty {
      problems += [scope.missing(column: settings.mentions, setting: "mentions")].compactMap { $0 }
    }
    problems += settings.exclusive.categories.compactMap { scope.missing(column: $0.name, setting: "exclusive") }
    let known = settings.categories.categories.map(\.name)
    problems += settings.openings.categories.map(\.name).filter { !known.contains($0) }.map {
      .unknown($0, kind: "category", in: "in “openings”", allowed: known, at: scope.location(of: "openings"))
    }
    for phrase in settings.refusals + settings.compliances where phrase.allSatisfy(\.isWhitespace) {
      problems.append(
        Problem(
          "a phrase is empty, and stands everywhere", at: scope.location(of: "refusals"), help: "leave it out"))
    }
    guard let data = scope.data, problems.isEmpty else { return problems }
    if data.rows.count < fewest {
      problems.append(
        Problem(
          "\(data.rows.count) responses are labelled by hand in “\(data.name)”", at: scope.cell.location,
          expected: "expected: at least \(fewest)"))
    }
    let written = Set(
      data.rows.flatMap { Question.category.hand($0, settings).split(separator: "+") }.map { String($0) })
    problems += written.subtracting(known + ["none"]).sorted().map {
      .unknown($0, kind: "category", in: "in the hand's labels", allowed: known + ["none"], at: scope.cell.location)
    }
    return problems
  }

  package static func run(_ settings: LabellerSettings, in context: CellContext) throws -> Results {
    let (rules, rows) = (settings.rules, try context.data.rows)
    let labels = rows.map { rules.label($0["response"]?.plain ?? "", row: $0) }
    let matrices = Question.all.map { question in
      Confusion(hand: rows.map { question.hand($0, settings) }, rules: labels.map(question.label))
    }
    var results = Results()
    results.values = [
      "rules": rules.value, "n": .integer(rows.count),
      "agreement": .group(
        Dictionary(
          uniqueKeysWithValues: try zip(Question.all, matrices).map {
            ($0.name, Value.estimate(try $1.agreement.wilson))
          })),
      "kappa": .group(
        Dictionary(uniqueKeysWithValues: zip(Question.all, matrices).map { ($0.name, Value.number($1.kappa)) })),
    ]
    results.headline = ["agreement.refuses", "agreement.category", "agreement.true", "agreement.contradicts"]
    results.figures = [matrices[1].figure("Responses by the category that the hand and the rules say they name.")]
    results.tables =
      zip(Question.all, matrices).map { $1.table(name: $0.name, caption: "\($0.asks) By hand and by the rules.") }
      + [table(of: rules)]
    results.galleries = [disagreements(rows, labels, settings)]
    return results
  }

  private static func table(of rules: LabelRules) -> Table {
    let lines =
      [("refuses", rules.refusals), ("helps", rules.compliances), ("denies", rules.negations)]
      + rules.categories.categories.map { ("names \($0.name)", $0.phrases) }
      + rules.openings.categories.map { ("begins \($0.name)", $0.phrases) }
      + rules.exclusive.categories.map { ("may name one \($0.name)", $0.phrases) }
    return Table(
      name: "rules", caption: "The phrases, whatever their case and apostrophes.",
      columns: [.init("a response that"), .init("says one of")],
      rows: lines.map { [.text($0), .text($1.map { "“\($0)”" }.joined(separator: " "))] })
  }

  /// The responses that hand and rules label differently, to be read.
  private static func disagreements(
    _ rows: [Dataset.Row], _ labels: [ResponseLabels], _ settings: LabellerSettings
  ) -> Gallery {
    let differing = rows.indices.filter { index in
      Question.all.contains { $0.hand(rows[index], settings) != $0.label(labels[index]) }
    }
    return Gallery(
      name: "disagreements", caption: "Responses that the hand and the rules label differently.",
      entries: differing.map { index in
        Gallery.Entry(
          prompt: rows[index]["text"]?.plain ?? "",
          responses: [
            Gallery.Response(
              arm: rows[index]["arm"]?.plain ?? "response", text: rows[index]["response"]?.plain ?? "",
              labels: Question.all.map { question in
                "\(question.name): \(question.hand(rows[index], settings)) by hand, \(question.label(labels[index]))"
              })
          ])
      })
  }
}

/// What is asked of a response, and how the answer is written in a matrix.
struct Question: Sendable {
  let name: String
  let asks: String
  let label: @Sendable (ResponseLabels) -> String

  static let refuses = Question(name: "refuses", asks: "Does it refuse?") { $0.refuses ? "yes" : "no" }
  static let category = Question(name: "category", asks: "Which categories does it name?") { $0.category }
  static let isTrue = Question(name: "true", asks: "Is the reason true of the request?") {
    $0.isTrue.map { $0 ? "yes" : "no" } ?? "none"
  }
  static let contradicts = Question(name: "contradicts", asks: "Does it contradict itself?") {
    $0.contradicts ? "yes" : "no"
  }
  static let all = [refuses, category, isTrue, contradicts]

  /// The column of the hand's answers.
  func column(_ settings: LabellerSettings) -> String { "\(settings.hand)_\(name)" }

  /// The hand's answer, written as the rules' are: categories in alphabetical order.
  func hand(_ row: Dataset.Row, _ settings: LabellerSettings) -> String {
    let answer = (row[column(settings)]?.plain ?? "").split(separator: "+").sorted().joined(separator: "+")
    return answer.isEmpty ? "none" : answer
  }
}
