import Experiment

/// What a `{combine}` cell may say.
package struct CombineSettings: CellSettings {
  var target = ""
  var column = "categories"
  var categories: [String] = []
  var train = RowFilter.everything
  var fit = RowFilter.everything
  var test = RowFilter.everything
  var site = Site.residPre
  var inject = 0
  var read = Layers.all
  var position = Position.last
  var injectedAt: Position?
  var dose = 0.5
  var doses: [Double] = [0.25, 0.5, 0.75, 1]
  var least = 12
  var prompts = 100
  var controls = 4
  var permutations = 1_000
  var resamples = 1_000

  package init() {}

  package static let keys: [SettingKey<CombineSettings>] = [
    .required("target", \.target, "The column that says which prompts are harmful: 0 or 1."),
    .required("categories", \.categories, "The categories of harm that are injected: two to six."),
    .required("train", \.train, "The rows that directions are found on."),
    .required("fit", \.fit, "The rows whose harmless prompts the rules of combination are fitted on."),
    .required("test", \.test, "The rows that everything is measured on."),
    .required("inject", \.inject, "The layer where category directions are found and added."),
    .optional("read", \.read, "The layers where the projection on harm is read; those behind “inject” are meant."),
    .optional(
      "column", \.column, "The column that holds a harmful prompt's category, or several with a + between them."),
    .optional("site", \.site, "The hook that is read and changed."),
    .optional("position", \.position, "The token that is read."),
    .optional(
      "injected_at", \.injectedAt, "The token where directions are found and added; the one that is read, if left out."),
    .optional("dose", \.dose, "The dose that counts, as a share of each raw difference of means."),
    .optional("doses", \.doses, "Every dose that is tried; “dose” among them."),
    .optional("least", \.least, "Prompts that a category must have in “train” for its direction to be trusted."),
    .optional(
      "prompts", \.prompts, "Harmless prompts that are injected into, at most; drawn with the document's seed."),
    .optional("controls", \.controls, "Sets of random directions of equal lengths that are injected as well."),
    .optional("permutations", \.permutations, "Sign flips behind the family-wise p-values."),
    .optional("resamples", \.resamples, "Bootstrap resamples behind each interval."),
  ]
}
