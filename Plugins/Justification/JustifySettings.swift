import Experiment

/// What a `{justify}` cell may say.
package struct JustifySettings: CellSettings {
  /// What is done to the model while it answers.
  package enum Operation: String, SettingChoice {
    /// Nothing: for forced prefixes.
    case none
    /// A direction is removed from every block input, attention output and feed-forward output.
    case ablate
    /// A direction is added at the layer where it was found.
    case add
    /// A site's output is taken from the prompt's partner in its pair.
    case patch
    /// The mean of the request's own category is exchanged for another category's, where the direction was found.
    case swap
  }

  /// At which tokens it is done.
  package enum Extent: String, SettingChoice {
    case all, prompt, last
  }

  package var labeller: Reference?
  package var operation = Operation.none
  package var direction: Reference?
  package var selection: RowFilter?
  package var doses = [1.0]
  package var extent = Extent.last
  package var onsets: [Int] = []
  package var prefixes: [String] = []
  package var target = ""
  package var rows = RowFilter.everything
  package var sample: Int?
  package var pair = "pair"
  package var site = Site(.residPre)
  package var layers = Layers.all
  package var category = "category"
  package var controls = 3
  package var maxNewTokens = 48
  package var gallery = 8
  package var resamples = 1_000

  package init() {}

  package static let keys: [SettingKey<JustifySettings>] = [
    .required("labeller", \.labeller, "The {labeller} cell whose rules label the responses."),
    .required("target", \.target, "The column that says which prompts are harmful: 0 or 1."),
    .optional("operation", \.operation, "What is done to the model while it answers."),
    .optional("direction", \.direction, "The direction, as another cell's result; for ablate, add and swap."),
    .optional(
      "selection", \.selection,
      "The rows that the direction, or the categories' means, were found on: none of them may be asked."),
    .optional("doses", \.doses, "How much is added, in units of the raw difference; an arm for each."),
    .optional("extent", \.extent, "At which tokens it is done: all, those of the prompt, or its last."),
    .optional("onsets", \.onsets, "In place of an extent: from which token of the response on, an arm for each."),
    .optional("prefixes", \.prefixes, "What the response is made to begin with, an arm for each."),
    .optional("rows", \.rows, "The prompts that are asked."),
    .optional("sample", \.sample, "How many of them, drawn by the document's seed; all if left out."),
    .optional("pair", \.pair, "The column that pairs prompts; for patch."),
    .optional("site", \.site, "The hook that is patched."),
    .optional("layers", \.layers, "The layers where it is patched, all at once."),
    .optional("category", \.category, "The column of the one category that a request belongs to; for swap."),
    .optional("controls", \.controls, "Random directions of equal length, or other pairs' activations."),
    .optional("max_new_tokens", \.maxNewTokens, "Tokens of a response at most."),
    .optional("gallery", \.gallery, "Prompts whose responses are shown."),
    .optional(
      "resamples", \.resamples, "Bootstrap resamples behind each interval of a difference, or of several controls."),
  ]

  /// Whether it works with a direction, or with means of the same kind.
  var needsDirection: Bool { [.ablate, .add, .swap].contains(operation) }
}
