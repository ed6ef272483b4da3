/// A data row as the model sees it: rendered through the chat template, in tokens, with the places that positions name.
///
/// Behind the prompt stands the response that the row holds, where one is asked for.
public struct Prompt: Hashable, Sendable {
  /// The row's place in its data set.
  public let row: Int
  /// What the user wrote.
  public let instructionText: String
  /// The whole prompt, template and all.
  public let text: String
  /// The token ids of ``text``, and of the response. `[tokens]`
  public let tokens: [Int]
  /// The tokens of what the user wrote.
  public let instruction: Range<Int>
  /// The template's tokens behind it, up to the end of the prompt.
  public let postInstruction: Range<Int>
  /// The tokens of the row's named spans.
  public let spans: [String: Range<Int>]
  /// The tokens of the response; `nil` if there is none.
  public let response: Range<Int>?

  /// How many tokens the prompt has, without a response.
  public var end: Int { postInstruction.upperBound }

  /// A prompt from its parts.
  public init(
    row: Int, instructionText: String, text: String, tokens: [Int], instruction: Range<Int>,
    postInstruction: Range<Int>, spans: [String: Range<Int>],
    response: Range<Int>? = nil
  ) {
    self.row = row
    self.instructionText = instructionText
    self.text = text
    self.tokens = tokens
    self.instruction = instruction
    self.postInstruction = postInstruction
    self.spans = spans
    self.response = response
  }
}
