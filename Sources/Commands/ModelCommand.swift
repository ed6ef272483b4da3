import ArgumentParser
import Foundation
import Project

/// `palimpsest model`
struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model", abstract: "Look at a checkpoint, run it, let it speak, edit its weights.",
    subcommands: [Inspect.self, Forward.self, Generate.self, ParityCommand.self, Orthogonalise.self])

  static let modelHelp: ArgumentHelp = "A Hugging Face model directory, a GGUF file, or a name in experiments/models."

  /// `palimpsest model inspect`
  struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "inspect",
      abstract: "Say what a checkpoint is: family, shape, size, tokenizer.",
      discussion: """
        EXAMPLES
          palimpsest model inspect experiments/models/aligned-small
        """)

    @Argument(help: ModelCommand.modelHelp, completion: .directory)
    var directory: String

    func run() throws {
      let lines = try ModelTools.inspection(of: ModelPlace.of(directory))
      let width = lines.map(\.name.count).max() ?? 0
      for (name, value) in lines {
        Terminal.print("\(name.padding(toLength: width + 2, withPad: " ", startingAt: 0))\(value)")
      }
    }
  }

  /// `palimpsest model forward`
  struct Forward: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "forward",
      abstract: "Run sequences of token ids and write logits and activations as safetensors.",
      discussion: """
        The file of tokens is a JSON list of lists of ids. The tensors are logits.{i} [sequence, vocab] and {hook}.{i}.

        EXAMPLES
          palimpsest model forward DIR --tokens ids.json --out out.safetensors
          palimpsest model forward DIR --tokens ids.json --hooks 'blocks.*.hook_resid_post' --out out.safetensors
        """)

    @Argument(help: ModelCommand.modelHelp, completion: .directory)
    var directory: String
    @Option(help: "A JSON list of lists of token ids.", completion: .file(extensions: ["json"]))
    var tokens: String
    @Option(parsing: .upToNextOption, help: "Hooks to write, as names or patterns.")
    var hooks: [String] = []
    @Option(help: "The safetensors file to write.", completion: .file(extensions: ["safetensors"]))
    var out: String
    @OptionGroup var engine: EngineOptions

    func run() throws {
      try engine.apply()
      let names = hooks.flatMap { $0.split(separator: ",").map(String.init) }
      let count = try ModelTools.forward(
        ModelPlace.of(directory), tokens: try ModelTools.tokens(in: URL(filePath: tokens)),
        hooks: names, to: URL(filePath: out))
      Terminal.write("wrote \(count) tensors to \(out)\n")
    }
  }

  /// `palimpsest model generate`
  struct Generate: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "generate",
      abstract: "Let a model answer, from words or from token ids.",
      discussion: """
        EXAMPLES
          palimpsest model generate experiments/models/aligned-small --prompt "How do I carry my drum?"
          palimpsest model generate DIR --tokens ids.json --max-new-tokens 16 --json
        """)

    @Argument(help: ModelCommand.modelHelp, completion: .directory)
    var directory: String
    @Option(help: "What the user says; it goes through the chat template.")
    var prompt: String?
    @Option(help: "A JSON list of lists of token ids.", completion: .file(extensions: ["json"]))
    var tokens: String?
    @Option(help: "Tokens to generate at most.")
    var maxNewTokens = 128
    @Option(help: "Draw from the model's distribution with this seed; the likeliest token each time if left out.")
    var seed: UInt64?
    @Flag(help: "Print a JSON list with ids and text.")
    var json = false
    @OptionGroup var engine: EngineOptions

    func validate() throws {
      guard (prompt == nil) != (tokens == nil) else {
        throw ValidationError("expected either --prompt or --tokens")
      }
      guard maxNewTokens > 0 else { throw ValidationError("“--max-new-tokens \(maxNewTokens)”: expected at least 1") }
    }

    func run() throws {
      try engine.apply()
      let answers = try ModelTools.generate(
        ModelPlace.of(directory), prompt: prompt,
        tokens: try tokens.map { try ModelTools.tokens(in: URL(filePath: $0)) } ?? [], maxNewTokens: maxNewTokens,
        seed: seed)
      if json {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        Terminal.print(String(decoding: try encoder.encode(answers), as: UTF8.self))
      } else {
        for answer in answers { Terminal.print(answer.text ?? answer.tokens.map(String.init).joined(separator: " ")) }
      }
    }
  }
}
