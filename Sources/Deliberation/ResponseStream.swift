import Experiment
import Tokenizer

/// The tokens of a response as what the user sees of them.
struct ResponseStream {
  private let marks: [Int: Mark]
  private let tokenizer: Tokenizer
  private var decoder: StreamingDecoder
  private var scanner: MarkerScanner
  private var filter: ResponseFilter
  private(set) var shown = ""

  init(decided decision: Decision?, _ way: Prompter.Way?, _ written: DeliberationPolicy.Marks, _ subject: Subject) {
    tokenizer = subject.tokenizer
    decoder = tokenizer.streamingDecoder()
    filter = decision.map { ResponseFilter(decided: $0) } ?? ResponseFilter()
    var marks = Dictionary(uniqueKeysWithValues: subject.stop.map { ($0, Mark.end) })
    switch way {
    case .marks(let think, let endThink, let decisions):
      marks[think] = .think
      marks[endThink] = .endThink
      for (decision, id) in decisions { marks[id] = .decision(decision) }
      // What is a token of its own is not told from text that looks like it.
      scanner = MarkerScanner([:])
    case nil: scanner = MarkerScanner([:])
    case .words: scanner = MarkerScanner([.think: written.think, .endThink: written.endThink])
    }
    self.marks = marks
  }

  mutating func append(_ token: Int) -> String {
    if let mark = marks[token] { return flush() + pass(.mark(mark)) }
    // Tokens of the template and the like are no text.
    if tokenizer.isSpecial(token) { return "" }
    return scanner.append(decoder.append(token)).reduce("") { $0 + pass($1) }
  }

  mutating func finish() -> String { flush() }

  private mutating func flush() -> String {
    (scanner.append(decoder.finish()) + scanner.finish()).reduce("") { $0 + pass($1) }
  }

  private mutating func pass(_ piece: Piece) -> String {
    let text = filter.append(piece)
    shown += text
    return text
  }
}
