import Deliberation
import Testing

@Suite("Votes")
struct VoteRuleTests {
  private func votes(_ text: String) -> [Vote] {
    text.map { $0 == "r" ? Vote(.refuse) : $0 == "c" ? Vote(.caveat) : $0 == "y" ? Vote(.comply) : Vote(nil) }
  }

  @Test("Each rule decides as it says, and a tie is none.")
  func rules() {
    let cases: [(VoteRule, String, Decision?)] = [
      (.majority, "rry", .refuse), (.majority, "ry", nil), (.majority, "cyy-", .comply), (.majority, "--", nil),
      (.anyRefuse, "yyyyr", .refuse), (.anyRefuse, "yyc", .comply), (.anyRefuse, "yc", nil),
      (.threshold(0.4), "rryyy", .refuse), (.threshold(0.5), "rryyy", .comply), (.threshold(0.5), "rryy", .refuse),
      (.threshold(0.1), "ryyyyyyyyy", .refuse), (.threshold(1), "rrr-", .refuse), (.threshold(1), "rry", .comply),
      (.meanLogOdds, "rrr", nil),
    ]
    for (rule, text, expected) in cases {
      #expect(rule.decision(of: votes(text)) == expected, "\(rule) of \(text)")
    }
  }

  @Test("Mean log-odds weigh how sure each vote is.")
  func logOdds() {
    func vote(_ refuse: Double, _ caveat: Double = 0) -> Vote {
      Vote(
        refuse > 0.5 ? .refuse : .comply,
        probabilities: [.refuse: refuse, .caveat: caveat, .comply: 1 - refuse - caveat])
    }
    #expect(VoteRule.meanLogOdds.decision(of: [vote(0.999), vote(0.4), vote(0.4)]) == .refuse)
    #expect(VoteRule.meanLogOdds.decision(of: [vote(0.6), vote(0.01), vote(0.6)]) == .comply)
    #expect(VoteRule.meanLogOdds.decision(of: [vote(0.1, 0.8)]) == .caveat)
    #expect(VoteRule.meanLogOdds.decision(of: [vote(1), vote(0)]) == nil, "sure both ways is a tie")
  }

  @Test("A decision is settled exactly when no votes that are out can change it.")
  func settled() {
    let letters = ["r", "c", "y"]
    func all(_ count: Int) -> [String] {
      count == 0 ? [""] : all(count - 1).flatMap { head in letters.map { head + $0 } }
    }
    for rule in [VoteRule.majority, .anyRefuse, .threshold(0.4)] {
      for known in 0...3 {
        for text in all(known) {
          let outcomes = Set(all(5 - known).map { rule.decision(of: votes(text + $0)) })
          let expected = outcomes.count == 1 ? outcomes.first ?? nil : nil
          #expect(rule.settled(votes(text), of: 5) == expected, "\(rule) of \(text)")
        }
      }
    }
    #expect(VoteRule.majority.settled(votes("rrr"), of: 5) == .refuse)
    #expect(VoteRule.anyRefuse.settled(votes("r"), of: 9) == .refuse)
    #expect(VoteRule.meanLogOdds.settled(votes("rrrr"), of: 5) == nil)
  }
}
