/// What a tokenizer's tokenizer_config.json says beside tokenizer.json.
public struct TokenizerSettings: Sendable, Equatable {
  /// The token that begins a text.
  public var beginToken: String?
  /// The token that ends one.
  public var endToken: String?
  /// The token that fills up batches elsewhere (here nothing is padded).
  public var paddingToken: String?
  /// The token for what the vocabulary cannot spell.
  public var unknownToken: String?
  /// Whether a wrapped text begins with `beginToken` when tokenizer.json does not say.
  public var addsBegin: Bool
  /// Whether a wrapped text ends with `endToken` when tokenizer.json does not say.
  public var addsEnd: Bool
  /// The source of the chat template (Jinja).
  public var chatTemplate: String?

  /// Settings from their parts.
  public init(
    beginToken: String? = nil, endToken: String? = nil, paddingToken: String? = nil, unknownToken: String? = nil,
    addsBegin: Bool = false, addsEnd: Bool = false, chatTemplate: String? = nil
  ) {
    self.beginToken = beginToken
    self.endToken = endToken
    self.paddingToken = paddingToken
    self.unknownToken = unknownToken
    self.addsBegin = addsBegin
    self.addsEnd = addsEnd
    self.chatTemplate = chatTemplate
  }
}
