import ArgumentParser

/// `palimpsest`: the list of commands.
struct Root: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "palimpsest",
    abstract: "Run interpretability experiments that are written as Markdown, and keep what they find in git.",
    discussion: """
      The same Markdown gives the same bits, whatever the batch, the threads, the instruction set or what was reused.

      EXAMPLES
        palimpsest new my-question          write a first document
        palimpsest run                      run every document, record the results, render the report
        palimpsest log                      what was found, and when
      """,
    version: "0.1.0",
    subcommands: [
      Run.self, Check.self, PlanCommand.self, SiteCommand.self, Log.self, Show.self, Diff.self, Export.self,
      VerifyCommand.self, Restore.self, Register.self, Merge.self, MergeDriver.self, Push.self, Fetch.self, Why.self,
      CacheCommand.self,
      Chat.self, Serve.self, Init.self, New.self, Cells.self, ModelCommand.self, Hooks.self, Tokenize.self,
      TemplateCommand.self,
    ])
}
