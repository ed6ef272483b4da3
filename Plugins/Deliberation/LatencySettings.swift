import Deliberation
import Experiment

/// What a `{latency}` cell may say.
package struct LatencySettings: CellSettings {
  package var rows = RowFilter.everything
  package var sample = 12
  package var budgets = [96]
  package var votes: [Int] = []
  package var series: DeliberationPolicy.Series?
  package var temperature = DeliberationPolicy().temperature
  package var rounds = 5
  package var marks = DeliberationPolicy.Marks()
  package var words: DeliberationPolicy.Words?
  package var maxResponse = 64

  package init() {}

  package static let keys: [SettingKey<LatencySettings>] = [
    .optional("rows", \.rows, "The requests."),
    .optional("sample", \.sample, "How many of them, drawn by the document's seed."),
    .optional("budgets", \.budgets, "Tokens of thinking at most, an arm for each; votes and series have the largest."),
    .optional("votes", \.votes, "Numbers of runs of thinking that vote, an arm for each."),
    .optional(
      "series", \.series, "How a draft is put to the model again, for an arm that does so where a caveat is due."),
    .optional("temperature", \.temperature, "How thoughts are drawn where several vote."),
    .optional("rounds", \.rounds, "How often every request is answered under every arm."),
    .optional("marks", \.marks, "The tokens that the model thinks and decides in."),
    .optional("words", \.words, "For a model without such tokens: how it is asked, and the words of the verdict."),
    .optional("max_response", \.maxResponse, "Tokens of a response at most."),
  ]

  func policy(think: Int, votes: Int = 1) -> DeliberationPolicy {
    var policy = DeliberationPolicy()
    (policy.think, policy.votes, policy.temperature) = (think, votes, temperature)
    (policy.marks, policy.words, policy.maxResponse) = (marks, words, maxResponse)
    return policy
  }
}
