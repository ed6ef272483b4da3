/// What a model was asked and what it said, to be read and not only counted.
///
/// Everything here is model output or data: a report escapes it and sets it in its own frame. A cell kind puts what a
/// model said here and nowhere else, because here `redact: completions` finds it.
public struct Gallery: Codable, Hashable, Sendable {
  /// Unique among the galleries of its cell.
  public var name: String
  /// One sentence above the entries; plain text.
  public var caption: String
  /// The prompts with what was said.
  public var entries: [Entry]

  /// A value from its parts.
  public init(name: String = "", caption: String, entries: [Entry]) {
    self.name = name
    self.caption = caption
    self.entries = entries
  }

  /// A prompt, and what was said under each arm.
  public struct Entry: Codable, Hashable, Sendable {
    /// What was asked.
    public var prompt: String
    /// What was said, arm by arm.
    public var responses: [Response]

    /// A value from its parts.
    public init(prompt: String, responses: [Response]) {
      self.prompt = prompt
      self.responses = responses
    }
  }

  /// What was said under one arm.
  public struct Response: Codable, Hashable, Sendable {
    /// The arm: `unchanged`, `direction added` ...
    public var arm: String
    /// The response, special tokens and all.
    public var text: String
    /// How it was labelled, such as `refuses`.
    public var labels: [String]

    /// A value from its parts.
    public init(arm: String, text: String, labels: [String] = []) {
      self.arm = arm
      self.text = text
      self.labels = labels
    }
  }
}
