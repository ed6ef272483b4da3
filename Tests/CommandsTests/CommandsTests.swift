import Foundation
import Testing

@Suite("The command line")
struct CommandsTests {
  private let tool: Tool

  init() throws {
    tool = try Tool()
  }

  @Test(
    "Help goes to standard output, shows examples, and is no mistake.",
    arguments: ["run", "check", "plan", "log", "model"])
  func help(command: String) throws {
    let outcome = try tool(command, "--help")
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    #expect(outcome.output.contains("USAGE: palimpsest \(command)"))
  }

  @Test("Outside of a project the error says what to do.")
  func outside() throws {
    let outcome = try tool("run")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("run “palimpsest init” to make one"))
    #expect(outcome.output.isEmpty)
  }

  @Test("The reference is of every kind, or of those that are named.")
  func cells() throws {
    let all = try tool("cells").output
    #expect(all.contains("## `{probe}`") && all.contains("## `{figure}`") && all.contains("## `{model}` and `{data}`"))
    let some = try tool("cells", "probe", "data").output
    #expect(some.hasPrefix("## `{probe}`") && some.contains("## `{model}`") && !some.contains("{figure}"))
    let unknown = try tool("cells", "prob")
    #expect(unknown.status == 2 && unknown.errors.contains("did you mean “probe”?"))
  }

  @Test("A folder becomes a project, and becoming one again changes nothing.")
  func initialise() throws {
    #expect(try tool("init").status == 0)
    #expect(FileManager.default.fileExists(atPath: tool.folder.appending(path: ".git").path))
    let again = try tool("init")
    #expect(again.status == 0)
    #expect(again.output.contains("nothing to do"))
    #expect(try tool("new", "first").output.contains("experiments/first.md"))
    #expect(try tool("new", "first").status == 2)
    #expect(try tool("new", "No Name").status == 2)
  }

  @Test(
    "Where a folder cannot be made the error names it and says why.",
    arguments: [
      ("init /proc/none", "cannot make the folder /proc/none"), ("init file", "/file/experiments: Not a directory"),
      ("init taken", "cannot make the folder"), ("init ignored", "/ignored/.gitignore: Is a directory"),
    ])
  func folders(line: String, message: String) throws {
    try tool.shell("touch file && mkdir -p taken ignored/.gitignore && touch taken/experiments").check()
    let outcome = try tool.shell("palimpsest \(line)")
    #expect(outcome.status == 2)
    #expect(outcome.errors.hasPrefix("error: cannot ") && outcome.errors.contains(message), "\(outcome.errors)")
    #expect(!outcome.errors.contains("NSCocoa"))
  }

  @Test("Every mistake in a document is told with its place, and nothing runs.")
  func mistakes() throws {
    #expect(try tool("init").status == 0)
    try tool.write(
      "---\ntitle: X\nmodle: y\n---\n\n```{probe}\nlabel: a\ntargte: harmful\n```\n", to: "experiments/x.md")
    for command in ["check", "run", "plan"] {
      let outcome = try tool(command)
      #expect(outcome.status == 2)
      #expect(outcome.errors.contains("experiments/x.md:3:1: error: unknown key “modle”"))
    }
    try tool.write(
      "---\ntitle: X\nmodel: nowhere\n---\n\n```{probe}\nlabel: a\ntarget: b\n```\n", to: "experiments/x.md")
    let outcome = try tool("check")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("experiments/x.md:3:8: error: there is no model “nowhere”"))
    #expect(!outcome.errors.contains("Fatal"))
  }

  @Test(
    "Arguments that make no sense are mistakes, with a word on what is expected.",
    arguments: [
      (["run", "--threads", "0"], "expected at least 1"), (["run", "--kernels", "mmx"], "portable"),
      (["run", "--set", "folds"], "name=value"), (["frobnicate"], "frobnicate"),
      (["model", "generate", "nowhere"], "expected either --prompt or --tokens"),
    ])
  func arguments(words: [String], message: String) throws {
    #expect(try tool("init").status == 0)
    let process = try run(words)
    #expect(process.status == 2)
    #expect(process.errors.contains(message))
  }

  @Test(
    "A mistake in the arguments shows how that command is used, and no other.",
    arguments: [
      ("run --threads 0", "run"), ("plan --set folds", "plan"), ("cells nope", "cells"), ("why small --set x", "why"),
      ("log --limit 0", "log"), ("cache gc --grace -1", "cache gc"), ("chat tiny --deliberate nowhere", "chat"),
      ("serve tiny --queue -1", "serve"),
    ])
  func usage(line: String, command: String) throws {
    #expect(try tool("init").status == 0)
    let outcome = try tool.shell("palimpsest \(line.replacing(" -1", with: "=-1"))")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("palimpsest \(command) "), "\(outcome.errors)")
    #expect(!outcome.errors.contains("<subcommand>"), "\(outcome.errors)")
  }

  @Test("A parameter that a document does not have is told with the document, and one that is there is set.")
  func parameters() throws {
    #expect(try tool("init").status == 0)
    for (name, parameters) in [("with", "{ folds: 4 }"), ("without", "{ rows: 4 }")] {
      try tool.write(
        "---\ntitle: X\nparams: \(parameters)\n---\nWords.\n", to: "experiments/\(name).md")
    }
    #expect(try tool("check", "with", "--set", "folds=10").status == 0)
    let outcome = try tool("check", "--set", "folds=10")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("unknown parameter “folds” of experiments/without.md"), "\(outcome.errors)")
    #expect(!outcome.errors.contains("experiments/with.md"))
  }

  @Test("Data that cannot be read are told where the document names them.")
  func data() throws {
    let small = try SmallProject()
    try small.tool.write("not JSON\n", to: "experiments/data/rows.jsonl")
    let outcome = try small.tool("check")
    #expect(outcome.status == 2)
    #expect(outcome.errors.hasPrefix("experiments/small.md:4:7: error: "), "\(outcome.errors)")
    #expect(
      outcome.errors.contains("rows.jsonl:1: data with a line that is not a JSON object\n"), "\(outcome.errors)")
    #expect(outcome.errors.components(separatedBy: "error:").count == 2)
  }

  private func run(_ words: [String]) throws -> Tool.Outcome {
    switch words.count {
    case 1: try tool(words[0])
    case 2: try tool(words[0], words[1])
    default: try tool(words[0], words[1], words[2])
    }
  }

  @Test("A checkpoint that is not there is a mistake that names the path.")
  func missingModel() throws {
    let outcome = try tool("model", "inspect", "nowhere")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("nowhere"))
    try tool.write("", to: "empty.gguf")
    let empty = try tool("model", "inspect", "empty.gguf")
    #expect(empty.status == 2)
    #expect(empty.errors.contains("empty.gguf: neither a model directory nor a GGUF file"), "\(empty.errors)")
  }

  @Test("Where there is one commit of results there is nothing to compare, and the error says so.")
  func oneCommit() throws {
    let small = try SmallProject()
    try small.run()
    let outcome = try small.tool("diff")
    #expect(outcome.status == 2 && outcome.errors.contains("none before it to compare it with"), "\(outcome.errors)")
  }
}

/// What is done with a checkpoint by itself.
@Suite("Commands on checkpoints")
struct CheckpointCommandsTests {
  private let tool: Tool
  private let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures")

  init() throws {
    tool = try Tool()
  }

  @Test("Every hook is listed with its shape, in a directory and in a GGUF file.")
  func hooks() throws {
    for model in ["checkpoints/gpt2", "gguf/gpt2.gguf"] {
      let outcome = try tool("hooks", fixtures.appending(path: model).path)
      #expect(outcome.status == 0, "\(outcome.errors)")
      let lines = outcome.output.split(separator: "\n")
      #expect(lines.contains { $0.hasPrefix("hook_pos_embed ") && $0.contains("[24]") })
      #expect(lines.contains { $0.hasPrefix("blocks.*.attn.hook_pattern ") && $0.hasSuffix("pattern") })
      #expect(!outcome.output.contains("rot_q"))
    }
  }

  @Test("Texts become ids and ids become texts, line by line; what is no JSON is told with its line.")
  func tokenize() throws {
    let model = fixtures.appending(path: "gguf/whole.gguf").path
    try tool.write("\"Hello\"\n\n{\"text\": \"How do I?\"}\n", to: "texts.jsonl")
    let file = tool.folder.appending(path: "texts.jsonl").path
    let encoded = try tool("tokenize", model, "--file", file, "--json")
    #expect(encoded.status == 0, "\(encoded.errors)")
    #expect(encoded.output.split(separator: "\n").count == 2)
    try tool.write(encoded.output, to: "ids.jsonl")
    let decoded = try tool("tokenize", model, "--file", tool.folder.appending(path: "ids.jsonl").path, "--decode")
    #expect(decoded.output == "Hello\nHow do I?\n")
    try tool.write("\"fine\"\nnot JSON\n", to: "bad.jsonl")
    let bad = try tool("tokenize", model, "--file", tool.folder.appending(path: "bad.jsonl").path)
    #expect(bad.status == 2)
    #expect(bad.errors.contains("bad.jsonl:2:1: error: expected a line of JSON, found: not JSON"))
  }

  @Test("A conversation is written as the model's template says, to the letter.")
  func template() throws {
    try tool.write(#"[{"role": "user", "content": "Hi"}]"#, to: "chat.json")
    let chat = tool.folder.appending(path: "chat.json").path
    let model = fixtures.appending(path: "gguf/whole.gguf").path
    let open = try tool("template", model, "--messages", chat, "--add-generation-prompt")
    #expect(open.output == "<|user|>Hi<|end|>\n<|assistant|>", "\(open.errors)")
    #expect(try tool("template", model, "--messages", chat).output == "<|user|>Hi<|end|>\n")
    #expect(try tool("template", model, "--messages", "nowhere.json").status == 2)
    let none = try tool("template", fixtures.appending(path: "checkpoints/gpt2").path, "--messages", chat)
    #expect(none.status == 2 && none.errors.contains("template"))
  }

  @Test("What a checkpoint is is told without loading it, for a directory, shards and a GGUF file.")
  func inspect() throws {
    let gemma = try tool("model", "inspect", fixtures.appending(path: "checkpoints/gemma2").path)
    #expect(gemma.output.contains("around sublayers") && gemma.output.contains("a window of 5 in 1 of 2 layers"))
    let shards = try tool("model", "inspect", fixtures.appending(path: "checkpoints/llama-bias").path)
    #expect(shards.output.contains("safetensors in 2 shards"))
    let whole = try tool("model", "inspect", fixtures.appending(path: "gguf/whole.gguf").path)
    #expect(whole.output.contains("GGUF 3") && whole.output.contains("byte-pair encoding"), "\(whole.errors)")
  }

  @Test("Parity is a table that passes within the bound and fails past it.")
  func parity() throws {
    let model = fixtures.appending(path: "checkpoints/qwen3").path
    let golden = fixtures.appending(path: "checkpoints/qwen3/golden.safetensors").path
    let fine = try tool("model", "parity", model, "--golden", golden)
    #expect(fine.status == 0, "\(fine.errors)")
    #expect(fine.output.contains("f64.logits") && fine.output.contains("tensors within 3.00e-05"))
    let strict = try tool("model", "parity", model, "--golden", golden, "--bound", "1e-9")
    #expect(strict.status == 3)
    #expect(strict.errors.contains("past the bound of 1.00e-09"))
    #expect(try tool("model", "parity", model, "--golden", model + "/model.safetensors").status == 2)
  }
}
