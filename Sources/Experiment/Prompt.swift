/// A data row as the model sees it: rendered through the chat template, in tokens, with the places that positions name.
public struct Prompt: Hashable, Sendable {
  /// The row's place in its data set.
  public let row: Int
  /// What the user wrote.
  public let instructionText: String
  /// The whole prompt, template and all.
  public let text: String
  /// The token ids of ``text``. `[tokens]`
  public let tokens: [Int]
  /// The tokens of what the user wrote.
  public let instruction: Range<Int>
  /// The template's tokens behind it, up to the end.
  public let postInstruction: Range<Int>
  /// The tokens of the row's named spans.
  public let spans: [String: Range<Int>]

  /// A prompt from its parts.
  public init(
    row: Int, instructionText: String, text: String, tokens: [Int], instruction: Range<Int>,
    postInstruction: Range<Int>, spans: [String: Range<Int>]
  ) {
    self.row = row
    self.instructionText = instructionText
    self.text = text
    self.tokens = tokens
    self.instruction = instruction
    self.postInstruction = postInstruction
    self.spans = spans
  }
}
