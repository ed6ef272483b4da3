import Foundation
import Testing

@Suite("Restoring")
struct RestoreTests {
  private let small: SmallProject
  private var tool: Tool { small.tool }
  /// Beside the project, as worktrees are.
  private let place = "../restored-\(UUID().uuidString)"

  init() throws {
    small = try SmallProject()
  }

  /// Whether nothing is left of a worktree that was to be made.
  private func isGone() throws -> Bool {
    let there = try tool.shell("git worktree list | wc -l; ls -d \(place) 2>/dev/null; ls .git/worktrees 2>/dev/null")
    return there.output == "1\n"
  }

  /// Runs a document and leaves its record on another branch.
  private func runAside(_ name: String, on branch: String) throws {
    try small.run(name)
    try tool.shell("git branch -f \(branch) results && git update-ref refs/heads/results results~1").check()
  }

  @Test("The records of a merge are restored together where their sources go together, and else are named.")
  func together() throws {
    try small.write(seed: 5)
    try small.run()
    try tool.shell("git branch -m results one").check()
    try small.write(to: "other")
    try small.run("other")
    try tool.shell("palimpsest merge one").check()
    let both = try tool("restore", "--to", place)
    #expect(both.status == 0, "\(both.output)\(both.errors)")
    for name in ["small", "other"] { #expect(both.output.contains("palimpsest run experiments/\(name).md\n")) }
    #expect(try tool.shell("cmp experiments/small.md \(place)/experiments/small.md").status == 0)
    try tool.shell("git worktree remove --force \(place)").check()

    try small.write(seed: 6)
    try runAside("small", on: "two")
    try small.write(seed: 7)
    try small.write(says: "It is quite readable.", to: "other")
    try small.run("other")
    try tool.shell("palimpsest merge two").check()
    let other = try tool("restore", "--to", place)
    #expect(other.status == 2 && other.output.isEmpty)
    #expect(
      other.errors.contains(#/were made while a/experiments/[a-z]+.md b/experiments/[a-z]+.md differed/#),
      "\(other.errors)")
    #expect(other.errors.contains(#/\n  palimpsest restore [0-9a-f]{10} other\n/#), "\(other.errors)")
    #expect(try isGone())

    try small.write(says: "It is most readable.", to: "other")
    try runAside("other", on: "three")
    try tool.shell("git add -A && git commit -q -m Next").check()
    try small.write(seed: 8)
    try small.run("small")
    try tool.shell("palimpsest merge three").check()
    let commits = try tool("restore", "--to", place)
    #expect(commits.status == 2)
    #expect(
      commits.errors.contains(#/made from different commits: other from [0-9a-f]{10}, small from [0-9a-f]{10};/#),
      "\(commits.errors)")
    #expect(try isGone())
    #expect(try tool("restore", "results", "other", "--to", place).status == 0)
    try tool.shell("git worktree remove --force \(place)").check()
  }

  @Test("If something fails the worktree is removed again, and what was there before stays.")
  func removed() throws {
    try small.write(seed: 5)
    try small.run()
    let forge = """
      source=$(git rev-parse HEAD) && git worktree add -q \(place) results && cd \(place) &&
      cp -r small zz && mkdir .source/zz &&
      sed 's/^-seed: .*/-seed: another/' .source/small/difference.patch > .source/zz/difference.patch &&
      git add -A && git commit -q -m "zz: forged

      Source-Commit: $source" && cd - >/dev/null && git worktree remove \(place)
      """
    try tool.shell(forge).check()
    let failed = try tool("restore", "results", "zz", "--to", place)
    #expect(failed.status == 2 && failed.errors.contains("patch does not apply"), "\(failed.errors)")
    #expect(try isGone())
    #expect(try tool("restore", "results", "small", "--to", place).status == 0)
    #expect(try tool("restore", "results", "small", "--to", place).errors.contains("is there already"))
    #expect(try tool.shell("test -f \(place)/experiments/small.md").status == 0)
    try tool.shell("git worktree remove --force \(place)").check()
  }

  @Test("After a merge, records are shown and exported under the commit that made them.")
  func merged() throws {
    try small.write(seed: 5)
    try small.run()
    try tool.shell("git branch other results && git update-ref -d refs/heads/results").check()
    try small.write(seed: 6)
    try small.run()
    let theirs = try tool.shell("git rev-parse other").output.trimmingCharacters(in: .newlines)
    let ours = try tool.shell("git rev-parse results").output.trimmingCharacters(in: .newlines)
    // Git's own merge, which takes the side whose clock was behind, or equal.
    let merge = """
      tree=$(git rev-parse other^{tree}) && git update-ref refs/heads/results \
      $(git commit-tree -p results -p other -m merge $tree)
      """
    try tool.shell(merge).check()
    let rows = try tool("export").output.split(separator: "\r\n").dropFirst()
    #expect(!rows.isEmpty && rows.allSatisfy { $0.hasSuffix(",\(theirs)") }, "and not \(ours)")
    #expect(try tool("show", "--json").output.contains("\"commit\":\"\(theirs)\""))
    #expect(try tool("verify").output.contains(theirs.prefix(10)))
  }
}
