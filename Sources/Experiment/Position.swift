/// A place in a prompt, named by meaning and resolved for each prompt on its own.
///
///     last                   the last token of the prompt
///     instruction[-1]        the last token of what the user wrote
///     post_instruction[0]    the first token of the template behind it
///     post_instruction       each of those tokens, one after the other
///     object                 the last token of the span that the data row names `object`
///     object[0]              its first token
public struct Position: Hashable, Sendable, CustomStringConvertible {
  /// What the index counts in.
  public enum Anchor: Hashable, Sendable {
    case instruction, postInstruction, last
    /// A span of the data row, by name.
    case span(String)
  }

  /// What the index counts in.
  public let anchor: Anchor
  /// The token within the anchor, negative from its end; `nil` where the anchor alone says which.
  public let index: Int?

  /// A position from its parts.
  public init(_ anchor: Anchor, _ index: Int? = nil) {
    self.anchor = anchor
    self.index = index
  }

  /// The last token of the prompt: where the next token is predicted.
  public static let last = Position(.last)

  /// Reads a position as it is written in documents; `nil` if it is not one.
  public init?(_ text: String) {
    guard let match = text.wholeMatch(of: /([A-Za-z_][A-Za-z0-9_]*)(?:\[(-?[0-9]+)\])?/) else { return nil }
    let index = match.2.flatMap { Int($0) }
    switch match.1 {
    case "last":
      guard index == nil else { return nil }
      self.init(.last)
    case "instruction":
      guard let index else { return nil }
      self.init(.instruction, index)
    case "post_instruction": self.init(.postInstruction, index)
    default: self.init(.span(String(match.1)), index)
    }
  }

  /// The position as documents write it.
  public var description: String {
    let name =
      switch anchor {
      case .instruction: "instruction"
      case .postInstruction: "post_instruction"
      case .last: "last"
      case .span(let name): name
      }
    return index.map { "\(name)[\($0)]" } ?? name
  }

  /// The single positions that this one stands for: itself, or each token of the template behind the instruction.
  public func expanded(postInstructionCount count: Int) -> [Position] {
    guard anchor == .postInstruction, index == nil else { return [self] }
    return (0..<count).map { Position(.postInstruction, $0 - count) }
  }

  /// The index of the token in a prompt; `nil` if the prompt has no such place.
  public func resolve(in prompt: Prompt) -> Int? {
    let range: Range<Int>
    switch anchor {
    case .last: return prompt.tokens.isEmpty ? nil : prompt.tokens.count - 1
    case .instruction: range = prompt.instruction
    case .postInstruction: range = prompt.postInstruction
    case .span(let name):
      guard let span = prompt.spans[name] else { return nil }
      range = span
    }
    let offset = index ?? -1
    let place = offset < 0 ? range.upperBound + offset : range.lowerBound + offset
    return range.contains(place) ? place : nil
  }
}
