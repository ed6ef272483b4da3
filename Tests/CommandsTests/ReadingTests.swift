import Foundation
import Testing

@Suite("Reading results with nothing but git")
struct ReadingTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The commands of the page, in its order, without their remarks.
  private static func commands() throws -> [String] {
    try String(contentsOf: root.appending(path: "READING.md"), encoding: .utf8)
      .split(separator: "\n").filter { $0.hasPrefix("    git ") }
      .map { String($0.dropFirst(4)).replacing(#/ {2,}# .*/#, with: "") }
  }

  @Test("Every command of READING.md does what git does, on results that two runs made.")
  func page() throws {
    let small = try SmallProject()
    let name = "claim-a-harmfulness-feature"
    func write(seed: Int) throws {
      try small.write(seed: seed)
      let text = try String(contentsOf: small.tool.folder.appending(path: "experiments/small.md"), encoding: .utf8)
      try small.tool.write(
        text.replacing("readable.", with: "harmfulness.").replacing("label: readable", with: "label: harmfulness")
          .replacing("It is harmfulness.", with: "It is readable."), to: "experiments/\(name).md")
    }
    try small.tool.shell("rm experiments/small.md").check()
    try write(seed: 3)
    try small.tool.shell("rm experiments/small.md && palimpsest register && git add -A && git commit -q -m Ask").check()
    try small.run()
    try write(seed: 4)
    try small.tool.shell("rm experiments/small.md").check()
    try small.run()

    let commands = try Self.commands()
    #expect(commands.count >= 28)
    let quiet = ["git fsck", "git clone", "git archive", "git worktree", "git bundle", "git log -S'\"refuted\"'"]
    for command in commands {
      // Other tests have folders beside this one.
      let line = command.replacing("../results-to-read", with: "../\(small.tool.folder.lastPathComponent)-read")
      let outcome = try small.tool.shell(line)
      #expect(outcome.status == 0, "\(command): \(outcome.errors)")
      let isQuiet = quiet.contains { command.hasPrefix($0) }
      #expect(isQuiet || !outcome.output.isEmpty, "\(command) prints nothing")
    }
    let first = try small.tool.shell("git log --reverse --format=%s results").output.split(separator: "\n")
    #expect(first.first == "claim-a-harmfulness-feature: registered 1 claim")
  }

  @Test("The README links to the page.")
  func linked() throws {
    let readme = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
    #expect(readme.contains("[READING.md](READING.md)"))
  }
}
