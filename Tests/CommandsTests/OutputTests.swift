import Foundation
import Testing

@Suite("Standard output")
struct OutputTests {
  private let small: SmallProject
  private var tool: Tool { small.tool }

  init() throws {
    small = try SmallProject()
    try small.run()
  }

  @Test(
    "What cannot be written is one line of error, and the command has failed.",
    arguments: [
      "export", "log", "log --json", "show", "show --json", "plan", "check", "check --claims", "cells", "cells probe",
      "run --no-site", "run", "site", "cache list", "cache verify", "--help", "--version", "run --help",
      "--generate-completion-script bash", "model inspect tiny", "hooks tiny",
      "tokenize tiny --file texts.jsonl", "init", "why small", "diff results..results",
    ])
  func full(command: String) throws {
    try tool.write("\"Hello\"\n", to: "texts.jsonl")
    for (place, reason) in [("> /dev/full", "No space left on device"), (">&-", "Bad file descriptor")] {
      let outcome = try tool.shell("palimpsest \(command) \(place)")
      #expect(outcome.status != 0)
      let lines = outcome.errors.split(separator: "\n").filter { !$0.hasPrefix("note: ") }
      #expect(lines.count == 1 && lines[0].hasPrefix("error: cannot write standard output: \(reason)"), "\(lines)")
    }
  }

  @Test("A chat whose answers nobody can read ends.")
  func chat() throws {
    let model = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "experiments/models/aligned-small").path
    let outcome = try tool.shell("echo 'How do I open my jar?' | palimpsest chat '\(model)' > /dev/full")
    #expect(outcome.status == 3)
    #expect(outcome.errors.hasPrefix("error: cannot write standard output: No space left on device"))
  }

  @Test("A reader that goes away ends a command without a word.")
  func closedPipe() throws {
    for command in ["export", "cells", "log"] {
      let outcome = try tool.shell("for i in 1 2 3; do palimpsest \(command) | head -c 1 > /dev/null; done")
      #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    }
    let gone = try tool.shell("(trap '' PIPE; palimpsest cells; echo $? >&2) | true")
    #expect(!gone.errors.contains("error"), "\(gone.errors)")
  }

  @Test("A run whose summary cannot be written has recorded all the same, and nothing else went into its repository.")
  func recorded() throws {
    try small.write(seed: 4)
    let outcome = try tool.shell("palimpsest run --no-site >&-")
    #expect(outcome.status != 0)
    #expect(try tool.shell("git rev-list --count results").output == "2\n")
    let fsck = try tool.shell("git fsck --strict --full")
    #expect(fsck.status == 0 && !fsck.output.contains("error"), "\(fsck)")
  }
}
