import Deliberation

/// Tokens that an answer took, as OpenAI counts them: what is hidden was completed too.
struct Usage: Encodable, Sendable {
  struct Details: Encodable, Sendable { let reasoningTokens: Int }

  let promptTokens: Int
  let completionTokens: Int
  let totalTokens: Int
  let completionTokensDetails: Details

  init(_ ledger: TokenLedger) {
    promptTokens = ledger.prompt
    completionTokens = ledger.hidden + ledger.shown
    totalTokens = promptTokens + completionTokens
    completionTokensDetails = Details(reasoningTokens: ledger.hidden)
  }
}
