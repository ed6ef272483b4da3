import Deliberation
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
    let questions = settings.questions
    let columns = [("data", "response")] + questions.map { ("hand", $0.column(settings)) }
    var problems = columns.compactMap { setting, column in scope.missing(column: column, setting: setting) }
    if !settings.categories.categories.isEmpty {
      if settings.truth.isEmpty {
        problems.append(
          Problem(
            "“categories” without “truth”", at: scope.location(of: "categories"),
            help: "name the column of the categories that are true of a request"))
      } else {
        problems += [scope.missing(column: settings.truth, setting: "truth")].compactMap { $0 }
      }
    }
    if !settings.mentions.isEmpty {
      problems += [scope.missing(column: settings.mentions, setting: "mentions")].compactMap { $0 }
    }
    problems += settings.exclusive.categories.compactMap { scope.missing(column: $0.name, setting: "exclusive") }
    let known = settings.categories.categories.map(\.name)
    problems += settings.openings.categories.map(\.name).filter { !known.contains($0) }.map {
      .unknown($0, kind: "category", in: "in “openings”", allowed: known, at: scope.location(of: "openings"))
    }
    for phrase in settings.refusals + settings.compliances + settings.caveats where phrase.allSatisfy(\.isWhitespace) {
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
    if questions.contains(where: { $0.name == Question.decision.name }) {
      let names = Decision.allCases.map(\.rawValue) + ["none"]
      let given = Set(data.rows.map { Question.decision.hand($0, settings) })
      problems += given.subtracting(names).sorted().map {
        .unknown($0, kind: "decision", in: "in the hand's labels", allowed: names, at: scope.cell.location)
      }
    }
    guard questions.contains(where: { $0.name == Question.category.name }) else { return problems }
    let written = Set(
      data.rows.flatMap { Question.category.hand($0, settings).split(separator: "+") }.map { String($0) })
    problems += written.subtracting(known + ["none"]).sorted().map {
      .unknown($0, kind: "category", in: "in the hand's labels", allowed: known + ["none"], at: scope.cell.location)
    }
    return problems
  }

  package static func run(_ settings: LabellerSettings, in context: CellContext) throws -> Results {
    let (rules, rows, questions) = (settings.rules, try context.data.rows, settings.questions)
    let labels = rows.map { rules.label($0["response"]?.plain ?? "", row: $0) }
    let matrices = questions.map { question in
      Confusion(hand: rows.map { question.hand($0, settings) }, rules: labels.map(question.label))
    }
    var results = Results()
    results.values = [
      "rules": rules.value, "n": .integer(rows.count),
      "agreement": .group(
        Dictionary(
          uniqueKeysWithValues: try zip(questions, matrices).map {
            ($0.name, Value.estimate(try $1.agreement.wilson))
          })),
      "kappa": .group(
        Dictionary(uniqueKeysWithValues: zip(questions, matrices).map { ($0.name, Value.number($1.kappa)) })),
    ]
    results.headline = questions.map { "agreement.\($0.name)" }
    let drawn = questions.firstIndex { $0.name == Question.category.name } ?? 0
    results.figures = [matrices[drawn].figure(questions[drawn].drawn)]
    results.tables =
      zip(questions, matrices).map { $1.table(name: $0.name, caption: "\($0.asks) By hand and by the rules.") }
      + [table(of: rules)]
    results.galleries = [disagreements(rows, labels, settings)]
    return results
  }

  private static func table(of rules: LabelRules) -> Table {
    let lines =
      [("refuses", rules.refusals), ("helps", rules.compliances), ("denies", rules.negations)]
      + (rules.caveats.isEmpty ? [] : [("warns", rules.caveats)])
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
      settings.questions.contains { $0.hand(rows[index], settings) != $0.label(labels[index]) }
    }
    return Gallery(
      name: "disagreements", caption: "Responses that the hand and the rules label differently.",
      entries: differing.map { index in
        Gallery.Entry(
          prompt: rows[index]["text"]?.plain ?? "",
          responses: [
            Gallery.Response(
              arm: rows[index]["arm"]?.plain ?? "response", text: rows[index]["response"]?.plain ?? "",
              labels: settings.questions.map { question in
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
  /// The caption of its figure.
  let drawn: String
  let label: @Sendable (ResponseLabels) -> String

  private init(
    _ name: String, _ asks: String, drawn: String = "", label: @escaping @Sendable (ResponseLabels) -> String
  ) {
    (self.name, self.asks, self.label) = (name, asks, label)
    self.drawn = drawn
  }

  static let refuses = Question(
    "refuses", "Does it refuse?", drawn: "Responses by whether the hand and the rules say that they refuse."
  ) { $0.refuses ? "yes" : "no" }
  static let category = Question(
    "category", "Which categories does it name?",
    drawn: "Responses by the category that the hand and the rules say they name."
  ) { $0.category }
  static let isTrue = Question("true", "Is the reason true of the request?") {
    $0.isTrue.map { $0 ? "yes" : "no" } ?? "none"
  }
  static let contradicts = Question("contradicts", "Does it contradict itself?") { $0.contradicts ? "yes" : "no" }
  static let decision = Question(
    "decision", "Does it refuse, help with a caveat, or help?",
    drawn: "Responses by what the hand and the rules say was decided."
  ) { $0.decision?.rawValue ?? "none" }

  /// The column of the hand's answers.
  func column(_ settings: LabellerSettings) -> String { "\(settings.hand)_\(name)" }

  /// The hand's answer, written as the rules' are: categories in alphabetical order.
  func hand(_ row: Dataset.Row, _ settings: LabellerSettings) -> String {
    let answer = (row[column(settings)]?.plain ?? "").split(separator: "+").sorted().joined(separator: "+")
    return answer.isEmpty ? "none" : answer
  }
}
