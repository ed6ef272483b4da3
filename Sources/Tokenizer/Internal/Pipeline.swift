/// Everything that a tokenizer's files say about the way from text to ids and back, whatever their format.
struct Pipeline: Sendable {
  /// All tokens, those that were added included.
  var vocabulary: Vocabulary
  /// From a word to ids.
  var model: TokenModel
  /// What is done to the text first.
  var normalizer: Normalizer?
  /// How the text is cut into words.
  var preTokenizers: [PreTokenizer] = []
  /// Tokens that are found in the text before the model sees it.
  var added: [AddedTokens.Token] = []
  /// From ids to text.
  var decoder = TokenDecoder()
  /// The ids around a text; `nil` when the files leave it to tokenizer_config.json.
  var wrapping: Wrapping?
  /// The roles of special tokens as far as the main file knows them; tokenizer_config.json wins.
  var defaults = TokenizerSettings()

  /// The ids that a post-processor puts before and after one text.
  struct Wrapping: Sendable {
    var before: [Int] = []
    var after: [Int] = []
  }
}
