import Experiment

/// What a `{labeller}` cell may say.
package struct LabellerSettings: CellSettings {
  package var refusals: [String] = []
  package var compliances: [String] = []
  package var caveats: [String] = []
  package var categories = Phrases.none
  package var openings = Phrases.none
  package var negations = LabelRules.usualNegations
  package var truth = ""
  package var mentions = ""
  package var exclusive = Phrases.none
  package var hand = "hand"

  package init() {}

  package static let keys: [SettingKey<LabellerSettings>] = [
    .required("refusals", \.refusals, "Phrases that refuse."),
    .required("compliances", \.compliances, "Phrases that help, so that a refusal that helps is told."),
    .optional("caveats", \.caveats, "Phrases that warn, so that help with a caveat is told from help."),
    .optional("categories", \.categories, "Phrases that name each category of harm, if reasons are labelled."),
    .optional("truth", \.truth, "The column of the categories that are true of a request, joined by +."),
    .optional("openings", \.openings, "What a reason of each category begins with, before the category is named."),
    .optional("negations", \.negations, "Words that deny a phrase up to three words behind them in the same clause."),
    .optional("mentions", \.mentions, "A column whose value a true reason must mention, such as the object."),
    .optional(
      "exclusive", \.exclusive,
      "Columns with their values, of which a true reason names no other than the row's, such as owners."),
    .optional(
      "hand", \.hand,
      "How the columns of the hand's labels begin: hand_decision where caveats are told, else hand_refuses; "
        + "hand_refuses, hand_category, hand_true and hand_contradicts where categories are."),
  ]

  /// What the hand is asked, too.
  var questions: [Question] {
    let reasons = [Question.refuses, .category, .isTrue, .contradicts]
    let decision = caveats.isEmpty ? [] : [Question.decision]
    return categories.categories.isEmpty ? (caveats.isEmpty ? [.refuses] : decision) : reasons + decision
  }

  var rules: LabelRules {
    LabelRules(
      refusals: refusals, compliances: compliances, caveats: caveats, categories: categories, openings: openings,
      negations: negations,
      truth: truth, mentions: mentions, exclusive: exclusive)
  }
}
