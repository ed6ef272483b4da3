import ArgumentParser
import Foundation
import Project

/// `palimpsest template`
struct TemplateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "template", abstract: "Print a conversation as a checkpoint's chat template writes it.",
    discussion: """
      The messages are a JSON list of objects with role and content, or an object with that list under “messages” and
      further variables of the template beside it. What is printed is the text itself, without a line end of ours.

      EXAMPLES
        palimpsest template DIR --messages chat.json --add-generation-prompt
      """)

  @Argument(help: ModelCommand.modelHelp, completion: .directory)
  var model: String
  @Option(help: "A JSON file with the conversation.", completion: .file(extensions: ["json"]))
  var messages: String
  @Flag(help: "End where the model is to answer.")
  var addGenerationPrompt = false

  func run() throws {
    Terminal.print(
      try TextTools.render(
        URL(filePath: messages), for: ModelPlace.of(model), addGenerationPrompt: addGenerationPrompt),
      terminator: "")
  }
}
