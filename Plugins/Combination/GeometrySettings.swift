import Experiment

/// What a `{geometry}` cell may say.
package struct GeometrySettings: CellSettings {
  var target = ""
  var column = "categories"
  var train = RowFilter.everything
  var test = RowFilter.everything
  var site = Site.residPre
  var position = Position.last
  var tokens: [String] = []
  var threshold = 0.9
  var least = 10
  var shuffles = 20
  var resamples = 500

  package init() {}

  package static let keys: [SettingKey<GeometrySettings>] = [
    .required("target", \.target, "The column that says which prompts are harmful: 0 or 1."),
    .required("train", \.train, "The rows that category directions are found on."),
    .required("test", \.test, "The rows that they are tried on."),
    .required("tokens", \.tokens, "Two tokens; the logit of the first less that of the second is the gap."),
    .optional(
      "column", \.column, "The column that holds a harmful prompt's category, or several with a + between them."),
    .optional("site", \.site, "The hook that is read."),
    .optional("position", \.position, "The token where categories are read; the gap is the last token's."),
    .optional("threshold", \.threshold, "The AUROC from which on a category counts as readable."),
    .optional("least", \.least, "Categories with fewer prompts of their own, in either part, are left out."),
    .optional("shuffles", \.shuffles, "Times that categories are dealt anew among harmful prompts, as a control."),
    .optional("resamples", \.resamples, "Bootstrap resamples behind each interval."),
  ]
}
