import Deliberation
import Experiment
import Foundation
import Labelling
import Statistics
import Tensor
import Tokenizer
import Transformer

/// Asks every request under every arm.
///
/// Thoughts are written once and serve all arms: a smaller budget cuts them, and k votes are the first k of the draws. So
/// that this is what a user would get, some requests are put to a `Deliberator` of the arm's own policy, too.
struct DeliberateArms {
  let settings: DeliberateSettings
  let asked: AskedRequests
  let rules: LabelRules
  let context: CellContext
  private let subject: Subject
  /// Thinks once, greedily, within the largest budget.
  private let deliberator: Deliberator
  private let responder: Responder
  private let arithmetic: Arithmetic
  /// `[requests][tokens]`: to be answered at once, and to be thought about.
  private let direct, prompts: [[Int]]

  init(_ settings: DeliberateSettings, asked: AskedRequests, rules: LabelRules, in context: CellContext) throws {
    (self.settings, self.asked, self.rules, self.context) = (settings, asked, rules, context)
    let subject = try context.subject
    let deliberator = try Deliberator(settings.policy.fitting(subject), subject: subject)
    direct = try asked.texts.map { text in
      try Responder.prompt([.user(text)], of: subject, deliberates: false, leaving: settings.maxResponse)
    }
    prompts = try asked.texts.map { try deliberator.prompter.prompt([.user($0)], leaving: deliberator.room) }
    (self.subject, self.deliberator) = (subject, deliberator)
    (responder, arithmetic) = (Responder(deliberator), Arithmetic(subject.model.configuration))
  }

  /// The arms that the settings ask for, controls included.
  static func arms(_ settings: DeliberateSettings) -> [Arm] {
    var ways: [Arm.Way] = [.direct, .atOnce]
    ways += settings.budgets.sorted().map { .think($0) }
    if !settings.filler.isEmpty { ways.append(.filler) }
    ways.append(.swapped)
    for count in settings.votes.sorted() {
      // One vote is the same by every rule.
      let rules = count == 1 ? Array(settings.combine.prefix(1)) : settings.combine
      ways += rules.map { .votes(count, $0) }
    }
    if settings.series != nil { ways.append(.series) }
    return ways.map(Arm.init)
  }

  /// A request's thoughts under an arm, and what they come to.
  private struct Verdict {
    let thoughts: [Thought]
    let decision: Decision
    /// The thought that the response follows; `nil` if the policy refuses.
    let chosen: Thought?
  }

  /// Every arm's answers, in the order of ``arms(_:)``, and how far the draws refused: `[requests][draws]`.
  func run() throws -> (outcomes: [Outcome], draws: [[Double]]) {
    let arms = Self.arms(settings)
    let greedy = try deliberator.runs(prompts, isScoring: true)
    let longest = try decided(greedy.map { [deliberator.prompter.thought($0[0], budget: deliberator.policy.think)] })
    let (drawn, votes) = try draws()
    let verdicts = try arms.map { try self.verdicts($0, greedy: greedy, longest: longest, drawn: drawn, votes: votes) }
    try context.progress(1, of: arms.count + 2)
    let spoken = try speak(verdicts)
    var outcomes: [Outcome] = []
    for (index, arm) in arms.enumerated() {
      try context.progress(index + 2, of: arms.count + 2)
      let answers: [Answer] =
        switch arm.way {
        case .direct: try answerDirectly()
        case .series:
          try inSeries(instead: outcomes.last { $0.arm.way == .think(settings.policy.think) }?.answers ?? [])
        default: verdicts[index].indices.map { answer($0, verdicts[index][$0], spoken) }
        }
      outcomes.append(Outcome(arm: arm, answers: answers))
      try check(outcomes[index])
    }
    return (outcomes, votes.map { $0.map { $0.vote.decision == .refuse ? 1 : 0 } })
  }

  // MARK: Thoughts

  /// What every request's thoughts come to under an arm; nothing for arms that come to a decision in another way.
  private func verdicts(
    _ arm: Arm, greedy: [[ThoughtRun]], longest: [[Thought]], drawn: [[ThoughtRun]], votes: [[Thought]]
  ) throws -> [Verdict] {
    switch arm.way {
    case .direct, .series: return []
    case .atOnce:
      let nothing = Thought(tokens: deliberator.prompter.enclosed([]), ending: .closed, vote: Vote(nil))
      return single(try decided(prompts.map { _ in [nothing] }))
    case .think(let budget):
      return single(try decided(greedy.map { [deliberator.prompter.thought($0[0], budget: budget)] }))
    case .filler, .swapped: return single(try decided(try controls(arm.way, longest)))
    case .votes(let count, let rule): return try verdicts(count, rule, drawn, votes)
    }
  }

  /// As many runs of thinking on each request as the largest number of votes, with their votes.
  private func draws() throws -> (runs: [[ThoughtRun]], thoughts: [[Thought]]) {
    guard let most = settings.votes.max() else { return ([], []) }
    var policy = settings.policy(votes: max(2, most), .meanLogOdds)
    policy.seed = context.stream("draws").bits(at: 0)
    let drawer = try Deliberator(policy.fitting(subject), subject: subject)
    let runs = try drawer.runs(prompts, isScoring: true)
    return (runs, try decided(runs.map { runs in runs.map { drawer.prompter.thought($0, budget: policy.think) } }))
  }

  private func decided(_ thoughts: [[Thought]]) throws -> [[Thought]] {
    try deliberator.decided(thoughts, after: prompts, isScoring: true)
  }

  private func single(_ thoughts: [[Thought]]) -> [Verdict] {
    thoughts.map { thoughts in
      let decision = thoughts[0].vote.decision ?? settings.policy.onTie
      return Verdict(thoughts: thoughts, decision: decision, chosen: deliberator.spoken(of: thoughts, decision))
    }
  }

  private func verdicts(
    _ count: Int, _ rule: DeliberationPolicy.Combination, _ runs: [[ThoughtRun]], _ votes: [[Thought]]
  ) throws -> [Verdict] {
    let voters = try Deliberator(settings.policy(votes: count, rule).fitting(subject), subject: subject)
    return zip(runs, votes).map { runs, votes in
      let settled = voters.settled(Array(runs.prefix(count)))
      let thoughts = zip(settled, votes).map { run, vote in
        run.ending == .cancelled ? Thought(tokens: run.tokens, ending: .cancelled, vote: Vote(nil)) : vote
      }
      let decision = voters.policy.rule.decision(of: thoughts.map(\.vote)) ?? voters.policy.onTie
      return Verdict(thoughts: thoughts, decision: decision, chosen: voters.spoken(of: thoughts, decision))
    }
  }

  /// Thoughts that tell nothing of the request, each as long as those that belong there, or those of another request.
  private func controls(_ way: Arm.Way, _ own: [[Thought]]) throws -> [[Thought]] {
    let prompter = deliberator.prompter
    let others = asked.others(context)
    let filler = subject.tokenizer.encode(settings.filler, special: true)
    return own.indices.map { index in
      let inner =
        way == .filler
        ? (0..<prompter.inner(of: own[index][0]).count).map { filler[$0 % filler.count] }
        : prompter.inner(of: own[others[index]][0])
      return [Thought(tokens: prompter.enclosed(inner), ending: .closed, vote: Vote(nil))]
    }
  }

  // MARK: Answers

  private func answerDirectly() throws -> [Answer] {
    let responses = try Responder(subject: subject, most: settings.maxResponse).speak(
      direct, decided: direct.map { _ in .comply })
    var scores: [Double?] = direct.map { _ in nil }
    if !settings.refusalTokens.isEmpty {
      let metric = try RefusalMetric(tokens: settings.refusalTokens, phrases: [], subject: subject)
      let forward = try subject.model.forward(direct)
      scores = try direct.indices.map { metric.score(try forward.logits(sequence: $0).values) }
    }
    return direct.indices.map { index in
      var answer = Answer(score: scores[index], response: responses[index].text)
      answer.said = rules.label(answer.response, row: asked.rows[index]).decision
      answer.decision = answer.said
      answer.leaks = spellsMark(answer.response)
      answer.ledger = TokenLedger(prompt: direct[index].count, shown: responses[index].tokens.count)
      answer.arithmetic = arithmetic.multiplications(
        direct[index].count + answer.ledger.shown, behind: 0, generated: 1 + answer.ledger.shown)
      return answer
    }
  }

  /// What the model says behind each prompt, thoughts and decision that some arm came to: once each, and those that begin
  /// alike one after the other, so that what they share is computed once.
  private func speak(_ verdicts: [[Verdict]]) throws -> [[Int]: (text: String, tokens: [Int])] {
    var seen: Set<[Int]> = []
    let wanted = prompts.indices.flatMap { index in
      verdicts.compactMap { arm -> (tokens: [Int], decision: Decision)? in
        guard !arm.isEmpty, let tokens = sequence(index, arm[index]), seen.insert(tokens).inserted else { return nil }
        return (tokens, arm[index].decision)
      }
    }
    let responses = try responder.speak(wanted.map(\.tokens), decided: wanted.map(\.decision))
    return Dictionary(uniqueKeysWithValues: zip(wanted.map(\.tokens), responses))
  }

  /// What a response stands behind.
  private func sequence(_ index: Int, _ verdict: Verdict) -> [Int]? {
    verdict.chosen.map { prompts[index] + $0.tokens + deliberator.prompter.beginning }
  }

  private func answer(
    _ index: Int, _ verdict: Verdict, _ spoken: [[Int]: (text: String, tokens: [Int])]
  ) -> Answer {
    let response = sequence(index, verdict).flatMap { spoken[$0] }
    let (prompt, lengths) = (prompts[index].count, verdict.thoughts.map(\.tokens.count))
    var answer = Answer(decision: verdict.decision, score: score(verdict.thoughts))
    // What became of the run that was followed, or of the only one.
    answer.ending = verdict.chosen?.ending ?? verdict.thoughts.first?.ending
    answer.response = response?.text ?? settings.policy.refusal
    answer.said = response.flatMap { rules.label($0.text, row: asked.rows[index]).decision }
    answer.ledger = TokenLedger(
      prompt: prompt, hidden: lengths.reduce(0, +), shown: response?.tokens.count ?? 0,
      stepsToFirst: lengths.max() ?? 0)
    answer.arithmetic = arithmetic.multiplications(prompt, behind: 0, generated: 1)
    for length in lengths { answer.arithmetic += arithmetic.multiplications(length, behind: prompt, generated: length) }
    if let response, let chosen = verdict.chosen {
      let beginning = deliberator.prompter.beginning
      answer.arithmetic += arithmetic.multiplications(
        beginning.count + response.tokens.count, behind: prompt + chosen.tokens.count,
        generated: response.tokens.count)
      let whole = responder.shown(of: chosen.tokens + beginning + response.tokens)
      answer.leaks = spellsMark(response.text) || (whole.map { $0 != response.text } ?? false)
    }
    return answer
  }

  /// Mean log-odds of refusing over the votes that were cast; a policy's refusal is a certain one.
  private func score(_ thoughts: [Thought]) -> Double {
    let odds = thoughts.compactMap { $0.vote.probabilities[.refuse] }.map { p in
      log(max(p, 1e-12)) - log(max(1 - p, 1e-12))
    }
    return odds.isEmpty ? -log(1e-12) : odds.reduce(0, +) / Double(odds.count)
  }

  private func spellsMark(_ text: String) -> Bool {
    let marks = settings.marks
    return ([marks.think, marks.endThink] + Decision.allCases.map { marks[$0] }).contains { text.contains($0) }
  }

  // MARK: In series

  /// - Parameter answers: those of thinking once: where no caveat is due, a series is nothing else.
  private func inSeries(instead answers: [Answer]) throws -> [Answer] {
    var policy = settings.policy
    policy.onCaveat = .series
    let deliberator = try Deliberator(policy.fitting(subject), subject: subject)
    let drafted = answers.indices.filter { answers[$0].decision == .caveat }
    let texts = drafted.map { asked.texts[$0] }
    let given = try Threads.map(texts.count) { try deliberator.answer([.user(texts[$0])]) }
    var all = answers
    // What is preferred after a draft was looked at is no one number.
    for index in all.indices { all[index].score = nil }
    for (index, given) in zip(drafted, given) {
      var answer = Answer(decision: given.decision, ending: given.thoughts[0].ending)
      answer.response = given.response
      answer.said = rules.label(given.response, row: asked.rows[index]).decision
      answer.leaks = spellsMark(given.response)
      answer.ledger = given.ledger
      let (prompt, hidden) = (prompts[index].count, given.ledger.hidden)
      // What is asked again is read again.
      let again = given.ledger.prompt - prompt
      answer.arithmetic =
        arithmetic.multiplications(prompt, behind: 0, generated: 1)
        + arithmetic.multiplications(again, behind: 0, generated: again > 0 ? 1 : 0)
        + arithmetic.multiplications(
          hidden + given.ledger.shown, behind: prompt, generated: hidden + given.ledger.shown)
      all[index] = answer
    }
    return all
  }

  // MARK: The check

  /// Puts a few requests to a deliberator of the arm's own policy: it must say and count the same.
  private func check(_ outcome: Outcome) throws {
    let policy: DeliberationPolicy
    switch outcome.arm.way {
    case .think(let budget):
      var own = settings.policy
      own.think = budget
      policy = own
    case .votes(let count, let rule) where count > 1:
      var own = settings.policy(votes: count, rule)
      own.seed = context.stream("draws").bits(at: 0)
      policy = own
    default: return
    }
    let live = try Deliberator(policy.fitting(subject), subject: subject)
    var generator = context.stream("check").generator()
    for index in asked.texts.indices.shuffled(using: &generator).prefix(2) {
      let given = try live.answer([.user(asked.texts[index])])
      let answer = outcome.answers[index]
      guard given.decision == answer.decision ?? policy.onTie, given.response == answer.response,
        given.ledger.hidden == answer.ledger.hidden, given.ledger.stepsToFirst == answer.ledger.stepsToFirst
      else { throw NotAsAsked(arm: outcome.arm.name, request: asked.texts[index]) }
    }
  }
}

/// What was put together from shared thoughts is not what the policy gives: nothing that was measured can be believed.
struct NotAsAsked: Error, CustomStringConvertible {
  let arm: String
  let request: String

  var description: String {
    "the arm “\(arm)” answered “\(request)” in another way than a deliberator of the same policy does; the two must be "
      + "equal: please report this"
  }
}
