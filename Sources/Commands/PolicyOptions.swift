import ArgumentParser
import Deliberation
import Foundation

/// How a model thinks before it answers.
struct PolicyOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How it thinks before it answers: a file of YAML. Without, it answers at once.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var deliberate: String?

  @Option(help: "How many runs of thinking vote; with the standard policy if no other is given.")
  var votes: Int?

  func validate() throws { if let deliberate { _ = try Self.text(of: deliberate) } }

  /// The policy, if there is one.
  func policy() throws -> DeliberationPolicy? {
    guard deliberate != nil || votes != nil else { return nil }
    var policy = DeliberationPolicy()
    if let file = deliberate {
      policy = try DeliberationPolicy(yaml: Self.text(of: file), file: file)
    }
    if let votes { policy.votes = votes }
    return policy
  }

  private static func text(of file: String) throws -> String {
    guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
      throw ValidationError("there is no policy “\(file)”; expected a file of YAML, such as “think: 96”")
    }
    return text
  }
}
