import Foundation
import Testing

/// Shorter loops of what `Benchmarks/ledger` does a thousand times.
@Suite("Losing nothing")
struct LosingNothingTests {
  private let small: SmallProject
  private var tool: Tool { small.tool }

  init() throws {
    small = try SmallProject()
  }

  @Test("A run that is killed at any moment leaves a sound repository and cache, and the next run gives the same tree.")
  func killed() throws {
    try small.run()
    let tree = try tool.shell("git rev-parse results:small").output
    for moment in 1...8 {
      try tool.shell("git update-ref -d refs/heads/results; [ $((\(moment) % 2)) = 0 ] || rm -r .palimpsest").check()
      _ = try tool.shell("timeout -s KILL 0.\(moment * 7 / 10)\(moment * 7 % 10) palimpsest run --no-site")
      let fsck = try tool.shell("git fsck --strict --full")
      #expect(fsck.status == 0 && !fsck.output.contains("missing") && !fsck.output.contains("error"), "\(fsck)")
      #expect(try tool("cache", "verify").output.hasSuffix(" 0 entries damaged\n"))
      let files = try tool.shell("git ls-tree -r --name-only results 2>/dev/null | wc -l").output
      #expect(["0\n", "8\n", "9\n", "10\n"].contains(files), "a record is whole or absent, and not of \(files)")
      try small.run()
      #expect(try tool.shell("git rev-parse results:small").output == tree)
    }
  }

  @Test(
    "Eight processes that record at once, beside git gc and git commit, lose nothing and leave one line of history.")
  func atOnce() throws {
    for writer in 1...8 { try small.write(seed: writer, to: "w\(writer)") }
    let outcome = try tool.shell(
      """
      writers=
      for w in 1 2 3 4 5 6 7 8; do
        palimpsest run experiments/w$w.md --no-site --threads 1 >/dev/null 2>w$w.err & writers="$writers $!"
      done
      for i in 1 2 3; do git gc -q; git commit -q --allow-empty -m beside; done
      failed=0
      for writer in $writers; do wait $writer || failed=1; done
      cat w*.err >&2; exit $failed
      """)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let lines = try tool.shell("git log --format='%p %s' results").output.split(separator: "\n")
    #expect(lines.count == 8 && lines.dropLast().allSatisfy { $0.firstMatch(of: #/^[0-9a-f]+ w[1-8]: /#) != nil })
    for writer in 1...8 {
      let seed = try tool.shell("git show results:w\(writer)/inputs.json | grep '\"seed\"'").output
      #expect(seed.contains(": \(writer)"), "w\(writer) holds \(seed)")
      #expect(lines.count { $0.contains(" w\(writer): ") } == 1)
    }
    let fsck = try tool.shell("git fsck --strict --full && find .git -name '*.lock'")
    #expect(fsck.status == 0 && !fsck.output.contains("missing") && !fsck.output.contains(".lock"), "\(fsck)")
  }

  @Test("A branch of sources that is called as that of results is not written onto, and nothing is computed for it.")
  func foreign() throws {
    try tool.shell("git branch results").check()
    let before = try tool.shell("git rev-parse results").output
    for command in ["run", "register"] {
      let outcome = try tool.shell("palimpsest \(command)")
      #expect(outcome.status == 2 && outcome.output.isEmpty)
      #expect(outcome.errors.contains("git branch -m results NAME"), "\(outcome.errors)")
      #expect(!outcome.errors.contains("cell 1 of 1"), "\(outcome.errors)")
    }
    #expect(try tool.shell("git rev-parse results").output == before)
    try tool.shell("git branch -m results mine && palimpsest register").check()
    try small.run()
    try tool.shell("palimpsest site && git worktree add -q ../out-$$ results").check()
    try small.write(seed: 4)
    let out = try tool.shell("palimpsest run --no-site")
    #expect(out.status == 2 && out.errors.contains("is checked out at") && out.errors.contains("switch --detach"))
    #expect(!out.errors.contains("cell 1 of 1"), "\(out.errors)")
  }

  @Test(
    "A report whose folder is a file is not made, and the error says which file.", arguments: ["site", "site/public"])
  func noFolder(place: String) throws {
    try small.run()
    try tool.shell("rm -rf site && mkdir -p $(dirname \(place)) && touch \(place)").check()
    let outcome = try tool("site")
    #expect(outcome.status == 2 && outcome.errors.hasPrefix("error: cannot make the folder "), "\(outcome.errors)")
    #expect(outcome.errors.contains("/site/public: "))
  }

  @Test("Packs that records leave behind are joined by git before they pile up.")
  func packs() throws {
    try tool.shell("git config gc.autoPackLimit 5; git config gc.autoDetach false").check()
    try small.run()
    let pile = """
      for i in $(seq 55); do
        echo $i | git hash-object -w --stdin | git pack-objects -q .git/objects/pack/pack >/dev/null
      done
      ls .git/objects/pack/*.pack | wc -l
      """
    let before = try #require(Int(try tool.shell(pile).output.trimmingCharacters(in: .whitespacesAndNewlines)))
    #expect(before > 50)
    try small.write(seed: 4)
    try small.run()
    let after = try tool.shell("ls .git/objects/pack/*.pack | wc -l").output
    #expect(["1\n", "2\n"].contains(after), "\(after)")
    #expect(try tool.shell("git fsck --strict --full && git rev-list --count results").output.contains("2\n"))
  }

  @Test("A checkout with CRLF is another document, told as such, and its record is read back to the letter.")
  func carriageReturns() throws {
    try tool.shell("sed -i 's/$/\\r/' experiments/small.md").check()
    try small.run()
    #expect(
      try tool.shell("git show results:small/experiment.md | grep -c '\\r$' || grep -c . /dev/null").output != "0\n")
    #expect(try tool("verify").output.contains("tree byte-equal"))
  }

  @Test("A shallow clone reads what it has, and a linked worktree records into the repository that it belongs to.")
  func clones() throws {
    try small.run()
    try small.write(seed: 4)
    try small.run()
    let shallow = """
      git clone -q --depth 1 --branch results "file://$PWD" s-$$ && cd s-$$ && mkdir experiments &&
      palimpsest log && palimpsest show results && palimpsest export | wc -l
      """
    let outcome = try tool.shell(shallow)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("small: changed after") || outcome.output.contains("small: registered before"))
    try tool.shell(
      "git stash -q && git worktree add -q linked && cp -r experiments linked/ && cd linked && palimpsest run --no-site"
    )
    .check()
    #expect(try tool.shell("git rev-list --count results").output == "3\n", "the record of the first seed again")
  }
}
