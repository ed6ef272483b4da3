import Experiment

/// What a `{spread}` cell may say.
package struct SpreadSettings: CellSettings {
  package var labeller: Reference?
  package var target = ""
  package var pair = "pair"
  package var rows = RowFilter.everything
  package var sample: Int?
  package var site = Site(.residPre)
  package var layers = Layers.all
  package var direction: Reference?
  package var refusalTokens: [String] = []
  package var maxNewTokens = 48
  package var resamples = 1_000

  package init() {}

  package static let keys: [SettingKey<SpreadSettings>] = [
    .required("labeller", \.labeller, "The {labeller} cell whose rules say where a reason begins."),
    .required("target", \.target, "The column that says which prompt of a pair is harmful: 0 or 1."),
    .required("refusal_tokens", \.refusalTokens, "First tokens of refusals, for the refusal score."),
    .required("direction", \.direction, "The direction at whose layer decision and reason are compared."),
    .optional("pair", \.pair, "The column that pairs prompts; those of a pair must be equally long."),
    .optional("rows", \.rows, "The prompts whose pairs are used."),
    .optional("sample", \.sample, "How many pairs, drawn by the document's seed; all if left out."),
    .optional("site", \.site, "The hook that is patched."),
    .optional("layers", \.layers, "The layers where it is patched, one at a time; the direction's is added."),
    .optional("max_new_tokens", \.maxNewTokens, "Tokens of a response at most."),
    .optional("resamples", \.resamples, "Bootstrap resamples behind each interval."),
  ]
}
