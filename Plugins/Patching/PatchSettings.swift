import Experiment

/// What a `{patch}` cell may say.
package struct PatchSettings: CellSettings {
  /// Which run is patched into which.
  package enum Direction: String, SettingChoice {
    /// From the harmful prompt into the harmless one: is it enough to make the model refuse?
    case denoising
    /// From the harmless prompt into the harmful one: is it needed for refusing?
    case noising
  }

  /// What becomes of pairs whose prompts have different numbers of tokens, so that positions do not correspond.
  package enum Unaligned: String, SettingChoice {
    case refuse
    case leaveOut = "leave_out"
  }

  var pair = "pair"
  var target = ""
  var rows = RowFilter.everything
  var site = Site.residPre
  var layers = Layers.all
  var positions: [Position] = [.last]
  var direction = Direction.denoising
  var unaligned = Unaligned.refuse
  var refusalTokens: [String] = []
  var resamples = 1_000

  package init() {}

  package static let keys: [SettingKey<PatchSettings>] = [
    .required("target", \.target, "The column that says which prompt of a pair is harmful: 0 or 1."),
    .required("refusal_tokens", \.refusalTokens, "First tokens of refusals, for the refusal score."),
    .optional("pair", \.pair, "The column that two prompts of a pair share."),
    .optional("rows", \.rows, "The rows that pairs are made of."),
    .optional("site", \.site, "The hook that is patched."),
    .optional("layers", \.layers, "The layers where it is patched, one at a time."),
    .optional("positions", \.positions, "Where in the prompt it is patched, one at a time."),
    .optional("direction", \.direction, "Which run is patched into which."),
    .optional("unaligned", \.unaligned, "What becomes of pairs whose prompts are not equally many tokens."),
    .optional("resamples", \.resamples, "Bootstrap resamples behind each interval."),
  ]
}
