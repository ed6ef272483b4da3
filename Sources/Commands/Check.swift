import ArgumentParser
import Project

/// `palimpsest check`
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Find what is wrong with documents, without running them.",
    discussion: """
      With --claims, tell how their claims came out when they were last run; the exit status is 1 if one is refuted.

      EXAMPLES
        palimpsest check
        palimpsest check --claims experiments/claim-a-harmfulness-feature.md
      """)

  @OptionGroup var documents: DocumentOptions

  @Flag(help: "Tell the recorded verdicts; exit with 1 if a claim is refuted.")
  var claims = false

  func run() throws {
    let project = try Project.current()
    guard claims else {
      let names = try project.check(documents.paths, overrides: try documents.overrides())
      Terminal.print("\(names.count) document\(names.count == 1 ? "" : "s") checked, nothing wrong")
      return
    }
    let claims = try project.claims(documents.paths)
    for (experiment, claim) in claims {
      Terminal.print("\(Terminal.verdict(claim.verdict))  \(experiment)  \(claim.label): \(claim.says)")
    }
    if claims.contains(where: { $0.claim.verdict == .refuted }) { throw Status.refuted }
  }
}
