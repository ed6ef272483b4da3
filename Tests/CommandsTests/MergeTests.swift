import Foundation
import Testing

@Suite("Two people's results")
struct MergeTests {
  /// Two clones of one project, which both have run it.
  private struct Two {
    let small = try? SmallProject()
    var tool: Tool { get throws { try #require(small?.tool) } }

    init() throws {
      try small?.run()
      try tool.shell("git clone -q . ../theirs-$$ && mv ../theirs-$$ theirs && cd theirs && palimpsest init").check()
      try tool.shell("cp -r experiments/models theirs/experiments/ && echo theirs > .git/info/exclude").check()
    }

    @discardableResult
    func callAsFunction(_ line: String) throws -> Tool.Outcome { try tool.shell(line) }
  }

  @Test(
    "Results of two clones are fetched, merged by record and pushed; the later record stands where both changed one.")
  func merge() throws {
    let two = try Two()
    try two("sed -i 's/^seed: 3/seed: 5/' theirs/experiments/small.md && cd theirs && palimpsest run --no-site").check()
    try two("cp experiments/small.md experiments/mine.md && palimpsest run --no-site").check()
    try two("git remote add them theirs && palimpsest fetch them").check()
    let merged = try two("palimpsest merge them/results")
    #expect(merged.status == 0 && merged.output.contains("taken: small"), "\(merged.output)\(merged.errors)")
    #expect(try two("palimpsest log | wc -l").output == "4\n")
    #expect(try two("git show results:small/inputs.json").output.contains("\"seed\" : 5"))
    #expect(try two("palimpsest merge them/results").output.hasPrefix("nothing to merge"))
    let push = try two("palimpsest push them")
    #expect(push.status == 2 && push.errors.contains("With git: git push them results"), "\(push.errors)")
    #expect(try two("palimpsest verify --all").output.hasSuffix("3 equal\n"))
  }

  @Test("Where the same inputs gave different results the values are named, nothing is merged, and somebody decides.")
  func conflict() throws {
    let two = try Two()
    let forge = """
      git worktree add -q ../forged-$$ results && cd ../forged-$$ &&
      sed -i 's/"n" : 24/"n" : 25/' small/results/readable.json && git commit -q -a -m 'small: forged' &&
      cd - > /dev/null && git worktree remove ../forged-$$
      """
    try two("cd theirs && git branch -q results origin/results && \(forge)").check()
    let other = "sed 's/^title: Small/title: Other/' experiments/small.md > x && mv x experiments/small.md"
    try two("\(other) && palimpsest run --no-site && git fetch -q ./theirs results:other").check()
    let conflict = try two("palimpsest merge other")
    #expect(conflict.status == 1)
    #expect(conflict.errors.contains("the same inputs gave different results; nothing was merged"))
    #expect(conflict.errors.contains("small.readable, key ") && conflict.errors.contains("    readable.n: 24 and 25"))
    #expect(try two("git log --format=%s -1 results").output.hasPrefix("small: "))
    let decided = try two("palimpsest merge other --prefer theirs")
    #expect(decided.status == 0 && decided.output.contains("both changed, theirs stands at the tip: small"))
    #expect(
      try two("git log --format=%B -1 results").output.contains(
        "the same inputs gave different results: small.readable"))
    #expect(try two("palimpsest merge other --prefer mine").status == 2)
    #expect(try two("palimpsest merge HEAD").errors.contains("holds no results"))
  }

  @Test(
    "Plain git merges results with the driver that init installs: a record is one side's as a whole, or a conflict.")
  func driver() throws {
    let two = try Two()
    let installed = try two("palimpsest init --merge-driver && palimpsest init --merge-driver | tail -1")
    #expect(installed.output.hasSuffix("git merges results with palimpsest already\n"), "\(installed.output)")
    try two("sed -i 's/^seed: 3/seed: 5/' theirs/experiments/small.md && cd theirs && palimpsest run --no-site").check()
    try two("sleep 1; sed -i 's/^seed: 3/seed: 6/' experiments/small.md && palimpsest run --no-site").check()
    let merge = """
      git fetch -q ./theirs results:other && git worktree add -q ../m-$$ results && cd ../m-$$ && git merge -q other > /dev/null
      echo status $?; git diff --name-only --diff-filter=U; git rev-parse HEAD^1:small HEAD:small
      cd - >/dev/null && git worktree remove --force ../m-$$
      """
    let merged = try two(merge)
    let lines = merged.output.split(separator: "\n")
    #expect(lines.first == "status 0", "\(merged.output)\(merged.errors)")
    #expect(lines.count == 3 && lines[1] == lines[2], "ours is the later: \(merged.output)\(merged.errors)")
    #expect(try two("palimpsest verify results small").status == 0)
  }
}
