/// A place in a prompt, named by meaning and resolved for each prompt on its own.
///
///     last                   the last token of the prompt
///     instruction[-1]        the last token of what the user wrote
///     instruction[-3:]       its last three tokens, one after the other
///     post_instruction[0]    the first token of the template behind it
///     post_instruction       each of those tokens, one after the other
///     object                 the last token of the span that the data row names `object`
///     object[0]              its first token
///     response[4]            the fifth token of the response that the data row holds
public struct Position: Hashable, Sendable, CustomStringConvertible {
  /// What is counted in.
  public enum Anchor: Hashable, Sendable {
    case instruction, postInstruction, last, response
    /// A span of the data row, by name.
    case span(String)
  }

  /// The tokens of a range, as Python slices: negative from the end, open where there is no bound.
  public struct Bounds: Hashable, Sendable {
    /// The first token.
    public let lower: Int?
    /// The token behind the last.
    public let upper: Int?

    /// The tokens from `lower` to before `upper`.
    public init(_ lower: Int?, _ upper: Int?) {
      (self.lower, self.upper) = (lower, upper)
    }

    /// The indices that are meant whatever the number of tokens; `nil` if that depends on it.
    fileprivate var indices: Range<Int>? {
      let begin = lower ?? 0
      let end: Int
      switch upper {
      case .some(let upper) where (upper < 0) == (begin < 0): end = upper
      case nil where begin < 0: end = 0
      default: return nil
      }
      return begin..<max(begin, end)
    }

    /// The indices among so many tokens.
    fileprivate func indices(count: Int) -> Range<Int> {
      func place(_ bound: Int) -> Int { min(max(bound < 0 ? bound + count : bound, 0), count) }
      let (begin, end) = (lower.map(place) ?? 0, upper.map(place) ?? count)
      return begin..<max(begin, end)
    }
  }

  /// What is counted in.
  public let anchor: Anchor
  /// The token within the anchor, negative from its end; `nil` where the anchor alone says which.
  public let index: Int?
  /// The tokens within the anchor, if several are meant.
  public let bounds: Bounds?

  /// A position from its parts.
  public init(_ anchor: Anchor, _ index: Int? = nil) {
    (self.anchor, self.index, bounds) = (anchor, index, nil)
  }

  /// Several positions, one after the other.
  public init(_ anchor: Anchor, _ bounds: Bounds) {
    (self.anchor, index, self.bounds) = (anchor, nil, bounds)
  }

  /// The last token of the prompt: where the next token is predicted.
  public static let last = Position(.last)

  /// Reads a position as it is written in documents; `nil` if it is not one.
  public init?(_ text: String) {
    guard
      let match = text.wholeMatch(of: /([A-Za-z_][A-Za-z0-9_]*)(?:\[(-?[0-9]+)\]|\[(-?[0-9]+)?(:)(-?[0-9]+)?\])?/)
    else { return nil }
    let anchor: Anchor =
      switch match.1 {
      case "last": .last
      case "instruction": .instruction
      case "post_instruction": .postInstruction
      case "response": .response
      default: .span(String(match.1))
      }
    if match.4 != nil {
      let bounds = Bounds(match.3.flatMap { Int($0) }, match.5.flatMap { Int($0) })
      guard anchor != .last, bounds.indices?.isEmpty != true else { return nil }
      self.init(anchor, bounds)
    } else {
      let index = match.2.flatMap { Int($0) }
      switch anchor {
      case .last: guard index == nil else { return nil }
      case .instruction, .response: guard index != nil else { return nil }
      case .postInstruction, .span: break
      }
      self.init(anchor, index)
    }
  }

  /// The position as documents write it.
  public var description: String {
    let name =
      switch anchor {
      case .instruction: "instruction"
      case .postInstruction: "post_instruction"
      case .last: "last"
      case .response: "response"
      case .span(let name): name
      }
    if let bounds {
      return "\(name)[\(bounds.lower.map(String.init) ?? ""):\(bounds.upper.map(String.init) ?? "")]"
    }
    return index.map { "\(name)[\($0)]" } ?? name
  }

  /// Whether one token is meant in every prompt.
  public var isSingle: Bool { bounds == nil && !(anchor == .postInstruction && index == nil) }

  /// The single positions that this one stands for, the same for all prompts: itself, or each token of a range.
  ///
  /// - Throws: `UnevenRange` if the tokens of an open range are not equally many in every prompt.
  public func expanded(in prompts: [Prompt]) throws(UnevenRange) -> [Position] {
    guard !isSingle else { return [self] }
    if let indices = bounds?.indices { return indices.map { Position(anchor, $0) } }
    let counts = Set(prompts.map { range(in: $0)?.count ?? 0 })
    let count = counts.first ?? 0
    // The template is one for all prompts, but a tokenizer may join its first characters to what stands before them.
    guard counts.count <= 1 || bounds == nil else { throw UnevenRange(position: self, counts: counts.sorted()) }
    let indices = bounds?.indices(count: count) ?? 0..<(prompts.first.flatMap(range)?.count ?? 0)
    // The template's tokens are counted from where the response begins.
    return indices.map { Position(anchor, anchor == .postInstruction && bounds == nil ? $0 - indices.count : $0) }
  }

  /// The index of the token in a prompt; `nil` if the prompt has no such place.
  public func resolve(in prompt: Prompt) -> Int? {
    guard isSingle, let range = range(in: prompt) else { return nil }
    let offset = index ?? -1
    let place = offset < 0 ? range.upperBound + offset : range.lowerBound + offset
    return range.contains(place) ? place : nil
  }

  /// The tokens that are counted in; `nil` if the prompt has none.
  private func range(in prompt: Prompt) -> Range<Int>? {
    switch anchor {
    case .last: 0..<prompt.end
    case .instruction: prompt.instruction
    case .postInstruction: prompt.postInstruction
    case .response: prompt.response
    case .span(let name): prompt.spans[name]
    }
  }
}

/// A range whose tokens are not equally many in every prompt, so that they have no common positions.
public struct UnevenRange: Error, Hashable, CustomStringConvertible {
  /// The range.
  public let position: Position
  /// How many tokens it has in different prompts.
  public let counts: [Int]

  /// What was found, and what to do.
  public var description: String {
    "“\(position)” is \(counts.first ?? 0) to \(counts.last ?? 0) tokens in different prompts; "
      + "give both bounds from the same end, as in [0:3] or [-3:], or choose prompts of one length"
  }
}
