import Experiment

/// What a `{direction}` cell may say.
package struct DirectionSettings: CellSettings {
  package var target = ""
  package var train = RowFilter.everything
  package var validation = RowFilter.everything
  package var positions: [Position] = [Position(.postInstruction)]
  package var trainPerClass = 128
  package var validationPerClass = 32
  package var refusalTokens: [String] = []
  package var deepest = 0.8
  package var divergence = 0.1
  package var fallback = false

  package init() {}

  package static let keys: [SettingKey<DirectionSettings>] = [
    .required("target", \.target, "The column that says which prompts are harmful: 0 or 1."),
    .required("train", \.train, "The rows that means are taken over."),
    .required("validation", \.validation, "The rows that candidates are compared on."),
    .required("refusal_tokens", \.refusalTokens, "First tokens of refusals, for the refusal score."),
    .optional("positions", \.positions, "The positions of the candidates."),
    .optional("train_per_class", \.trainPerClass, "Prompts of each class that means are taken over."),
    .optional("validation_per_class", \.validationPerClass, "Prompts of each class that candidates are compared on."),
    .optional("deepest", \.deepest, "Candidates from this share of the layers on are discarded."),
    .optional("divergence", \.divergence, "Candidates that change harmless prompts by more (KL, nats) are discarded."),
    .optional(
      "fallback", \.fallback,
      "Whether, if all candidates are discarded, the one that leaves the least refusal is taken; `kept` is then 0."),
  ]
}
