import Deliberation
import Foundation
import Tensor
import Testing

/// What a model might write, with what of it may be seen.
private struct Answer {
  var pieces: [Piece] = []
  var hidden: [String] = []
  var visible = ""
}

/// Answers at random: well-formed, cut short, and hostile.
private struct Answers {
  private var generator: RandomStream.Generator
  private var secrets = 0

  init(seed: UInt64) { generator = RandomStream(seed: seed, purpose: "answers").generator() }

  private mutating func below(_ count: Int) -> Int { Int(generator.next() % UInt64(count)) }

  /// Text with letters of several lengths, things that look like marks, and white space.
  private mutating func text(_ name: String) -> String {
    let parts = ["a", "é", "€", "👩‍👩‍👧", " ", "\n", "<", ">", "</", "<thin", "think>", "<refus", "\u{FFFD}", "e\u{301}"]
    return name + (0..<below(6)).map { _ in parts[below(parts.count)] }.joined()
  }

  private mutating func secret() -> String {
    secrets += 1
    return text("SECRET\(secrets)")
  }

  mutating func next() -> Answer {
    var answer = Answer()
    func mark(_ mark: Mark) { answer.pieces.append(.mark(mark)) }
    func hide(_ text: String) {
      answer.pieces.append(.text(text))
      answer.hidden.append(text)
    }
    // Before the decision.
    if below(4) > 0 { hide(secret()) }
    var open = 0
    for _ in 0..<below(4) {
      if open == 0 || below(2) == 0 {
        mark(.think)
        open += 1
      } else {
        mark(.endThink)
        open -= 1
      }
      if below(3) == 0 { mark(.decision(Decision.allCases[below(3)])) }
      // A decision outside of all thoughts begins the response.
      if open == 0, answer.pieces.contains(where: { if case .mark(.decision) = $0 { true } else { false } }) { break }
      hide(secret())
    }
    return finish(answer, open: open)
  }

  /// Ends the thoughts, or not, decides, or not, and responds.
  private mutating func finish(_ start: Answer, open: Int) -> Answer {
    var answer = Answer()
    // What was drawn is read again by the grammar, so that the truth does not depend on how it was drawn.
    var pieces = start.pieces
    if below(8) > 0 { pieces += [Piece](repeating: .mark(.endThink), count: open) }
    if below(8) > 0 { pieces.append(.mark(.decision(Decision.allCases[below(3)]))) }
    for index in 0..<below(6) {
      switch below(6) {
      case 0: pieces.append(.mark(.think))
      case 1: pieces.append(.mark(.endThink))
      case 2: pieces.append(.mark(.decision(.comply)))
      default: pieces.append(.text(text("shown\(index) ")))
      }
    }
    if below(4) == 0 {
      pieces.append(.mark(.end))
      pieces.append(.text(secret()))
    }
    answer.pieces = pieces
    // The grammar, told in another way than the filter: positions first, then text.
    var depth = 0
    var decided = false
    var ended = false
    for piece in pieces {
      switch piece {
      case .mark(.think): depth += ended ? 0 : 1
      case .mark(.endThink): depth -= ended || depth == 0 ? 0 : 1
      case .mark(.decision): decided = decided || (depth == 0 && !ended)
      case .mark(.end): ended = true
      case .text(let text):
        if decided, depth == 0, !ended { answer.visible += text } else { answer.hidden.append(text) }
      }
    }
    answer.visible = String(answer.visible.unicodeScalars.drop { $0.properties.isWhitespace })
    return answer
  }
}

@Suite("The filter")
struct FilterTests {
  private static let marks: [Mark: String] = [
    .think: "<think>", .endThink: "</think>", .decision(.refuse): "<refuse>", .decision(.caveat): "<caveat>",
    .decision(.comply): "<comply>", .end: "<eot>",
  ]

  /// White space at the very beginning may be cut into pieces of characters; it is compared as text.
  private func shown(_ pieces: [Piece]) -> String {
    var filter = ResponseFilter()
    return pieces.reduce("") { $0 + filter.append($1) }
  }

  @Test("Of 100,000 answers, well-formed and hostile, no hidden text is shown, and all of the response is.")
  func tokens() {
    var answers = Answers(seed: 1)
    var leaks = 0
    var shownBytes = 0
    for _ in 0..<100_000 {
      let answer = answers.next()
      let seen = shown(answer.pieces)
      shownBytes += seen.utf8.count
      if seen != answer.visible
        || answer.hidden.contains(where: { !$0.isEmpty && $0.hasPrefix("SECRET") && seen.contains($0) })
      {
        leaks += 1
      }
    }
    #expect(leaks == 0)
    #expect(shownBytes > 1_000_000, "the answers have responses to show")
  }

  @Test("Marks that are written as text are found wherever the text is cut.")
  func text() {
    var answers = Answers(seed: 2)
    var generator = RandomStream(seed: 3, purpose: "cuts").generator()
    var wrong = 0
    for _ in 0..<20_000 {
      let answer = answers.next()
      let whole = answer.pieces.map { piece in
        switch piece {
        case .text(let text): text
        case .mark(let mark): Self.marks[mark] ?? ""
        }
      }.joined()
      var scanner = MarkerScanner(Self.marks)
      var filter = ResponseFilter()
      var seen = ""
      var scalars = Array(whole.unicodeScalars)[...]
      while !scalars.isEmpty {
        let count = 1 + Int(generator.next() % 5)
        let piece = String(String.UnicodeScalarView(scalars.prefix(count)))
        scalars = scalars.dropFirst(count)
        for found in scanner.append(piece) { seen += filter.append(found) }
      }
      for found in scanner.finish() { seen += filter.append(found) }
      // Uncut, the same text is seen in the same way; two pieces of text may make a marker that counts.
      var once = MarkerScanner(Self.marks)
      let uncut = once.append(whole) + once.finish()
      if seen != shown(uncut) { wrong += 1 }
    }
    #expect(wrong == 0)
  }

  @Test("A marker that begins another waits for the longer one.")
  func longest() {
    var scanner = MarkerScanner([.think: "<t", .endThink: "<t>"])
    #expect(scanner.append("a<t") == [.text("a")])
    #expect(scanner.append(">b<t") == [.mark(.endThink), .text("b")])
    #expect(scanner.append("c") == [.mark(.think), .text("c")])
    #expect(scanner.finish() == [])
    #expect(scanner.append("<") == [] && scanner.finish() == [.text("<")])
  }

  @Test("Without a decision nothing is shown; a decision inside of thoughts is none.")
  func closed() {
    #expect(shown([.text("all of this"), .mark(.end)]).isEmpty)
    #expect(
      shown([.mark(.think), .text("a"), .mark(.decision(.comply)), .text("b"), .mark(.endThink), .text("c")]).isEmpty)
    var filter = ResponseFilter(decided: .comply)
    #expect(filter.append(.text("\n Yes")) == "Yes")
    #expect(filter.append(.mark(.think)) == "" && filter.append(.text("but")) == "")
    #expect(filter.append(.mark(.endThink)) == "" && filter.append(.text(" of course")) == " of course")
    #expect(filter.shownBytes == 13 && filter.hiddenBytes == 3 && filter.decision == .comply)
  }
}
