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
    /// Each position is looked up in either prompt by its name, in pairs of equal lengths too.
    case byName = "by_name"
  }

  /// How an effect is found.
  package enum Method: String, SettingChoice {
    /// By running every patch.
    case exact
    /// By the gradient of the unchanged run: an estimate, held against the exact effects of a sample of places.
    case attribution
  }

  /// Which layers are patched together.
  package enum Span: String, SettingChoice {
    /// Each layer alone.
    case single
    /// Each layer with all before it.
    case cumulative
  }

  var pair = "pair"
  var target = ""
  var rows = RowFilter.everything
  var site = Site.residPre
  var layers = Layers.all
  var heads: Layers?
  var neurons: [Int] = []
  var span = Span.single
  var positions: [Position] = [.last]
  var direction = Direction.denoising
  var method = Method.exact
  var checked = 8
  var receiver: String?
  var receiverHeads: [Int] = []
  var metric = Formula("refusal_score")
  var refusalTokens: [String] = []
  var answers: [String] = []
  var along: Reference?
  var unaligned = Unaligned.refuse
  var resamples = 1_000

  package init() {}

  package static let keys: [SettingKey<PatchSettings>] = [
    .required("target", \.target, "The column that says which prompt of a pair is harmful: 0 or 1."),
    .optional("refusal_tokens", \.refusalTokens, "First tokens of refusals, for refusal_score and probability."),
    .optional("answers", \.answers, "Two tokens, for logit_difference: the first less the second."),
    .optional("along", \.along, "A direction, for projection: read at its own hook, at the last token."),
    .optional(
      "metric", \.metric,
      "What the effect is measured on: refusal_score, logit_difference, probability, kl, projection, or an expression of "
        + "these."),
    .optional("pair", \.pair, "The column that two prompts of a pair share."),
    .optional("rows", \.rows, "The rows that pairs are made of."),
    .optional("site", \.site, "The hook that is patched."),
    .optional("layers", \.layers, "The layers where it is patched, one at a time."),
    .optional("heads", \.heads, "The heads that are patched, one at a time; all together if left out."),
    .optional("neurons", \.neurons, "The neurons that are patched, one at a time; all together if left out."),
    .optional("span", \.span, "Whether each layer is patched alone, or with all of “layers” before it."),
    .optional("checked", \.checked, "With attribution: how many places are run at least; 1 in 50 in any case."),
    .optional("positions", \.positions, "Where in the prompt it is patched, one at a time."),
    .optional("direction", \.direction, "Which run is patched into which."),
    .optional(
      "method", \.method,
      "Whether every patch is run, or effects are estimated from gradients and a sample of them is run."),
    .optional(
      "receiver", \.receiver,
      "A hook, as 7.q, for path patching: only what goes straight from the patched place to this hook is changed."),
    .optional("receiver_heads", \.receiverHeads, "The receiver's heads; all if left out."),
    .optional(
      "unaligned", \.unaligned,
      "What becomes of pairs whose prompts are not equally many tokens; by_name finds each position in either prompt."),
    .optional("resamples", \.resamples, "Bootstrap resamples behind each interval."),
  ]
}
