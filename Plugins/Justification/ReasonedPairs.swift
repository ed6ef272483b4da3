import Experiment
import Labelling
import Transformer

/// Pairs whose harmful prompt is refused with a reason, and the place in that refusal where the reason is told.
struct ReasonedPairs {
  let harmful: [Prompt]
  let harmless: [Prompt]
  /// By pair: the refusal of the harmful prompt, up to before the token that first tells the category.
  let beginnings: [[Int]]
  /// By pair: that token.
  let telling: [Int]
  /// Pairs left out: of different lengths, and whose harmful prompt gets no reason that the rules know.
  let unaligned: Int
  let unreasoned: Int

  init(_ settings: SpreadSettings, rules: LabelRules, in context: CellContext) throws {
    let (subject, data) = (try context.subject, try context.data)
    let all = try PromptPairs(pair: settings.pair, target: settings.target, rows: settings.rows, in: context)
    var pairs = Array(zip(all.harmful, all.harmless))
    if let sample = settings.sample, sample < pairs.count {
      var generator = context.stream("sample").generator()
      pairs = Array(pairs.shuffled(using: &generator).prefix(sample)).sorted { $0.0.row < $1.0.row }
    }
    let aligned = pairs.filter { $0.0.tokens.count == $0.1.tokens.count }
    let generation = try subject.model.generate(
      prompts: aligned.map(\.0.tokens),
      options: GenerationOptions(maxNewTokens: settings.maxNewTokens, stop: subject.stop))
    var (harmful, harmless): ([Prompt], [Prompt]) = ([], [])
    var (beginnings, telling): ([[Int]], [Int]) = ([], [])
    for (pair, generated) in zip(aligned, generation.sequences) {
      let response = subject.tokenizer.decode(generated.text)
      let label = rules.label(response, row: data.rows[pair.0.row])
      // The first token decides; what lies behind it may give the reason.
      guard label.isReasoned, let category = label.categories.first,
        let start = rules.beginning(of: category, in: response),
        let token = generated.text.indices.first(where: {
          subject.tokenizer.decode(Array(generated.text[...$0])).count > start
        }),
        token > 0
      else { continue }
      harmful.append(pair.0)
      harmless.append(pair.1)
      beginnings.append(Array(generated.text[..<token]))
      telling.append(generated.text[token])
    }
    guard harmful.count >= 8 else {
      throw TooFewReasons(found: harmful.count, aligned: aligned.count, pairs: pairs.count)
    }
    (self.harmful, self.harmless, self.beginnings, self.telling) = (harmful, harmless, beginnings, telling)
    unaligned = pairs.count - aligned.count
    unreasoned = aligned.count - harmful.count
  }

  /// A part of a prompt and its response.
  enum Part: String, CaseIterable {
    case template, request, behind = "behind_request", last, first = "first_response", later = "later_response"
  }

  /// The part that a position belongs to.
  static func part(of position: Int, in prompt: Prompt) -> Part {
    switch position {
    case prompt.end - 1: .last
    case prompt.end: .first
    case (prompt.end + 1)...: .later
    case prompt.instruction: .request
    case prompt.postInstruction: .behind
    default: .template
    }
  }
}

/// Too few refusals give a reason to look into.
struct TooFewReasons: Error, CustomStringConvertible {
  let found: Int
  let aligned: Int
  let pairs: Int

  var description: String {
    "of \(pairs) pairs \(aligned) are equally long, and the harmful prompts of \(found) are refused with a reason that "
      + "the rules know; at least 8 are needed; check “rows”, “sample” and the categories of the {labeller}"
  }
}
