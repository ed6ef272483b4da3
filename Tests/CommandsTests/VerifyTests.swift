import Foundation
import Testing

@Suite("Trusting the history")
struct VerifyTests {
  private let small: SmallProject
  private var tool: Tool { small.tool }

  init() throws {
    small = try SmallProject()
    try small.run()
  }

  @Test("A record is run again from its inputs as they were, and comes out equal to the byte, whatever is here now.")
  func equal() throws {
    try small.write(seed: 4)
    try small.run()
    try tool.write("{\"id\": \"r\", \"text\": \"Another?\", \"harmful\": 1}\n", to: "experiments/data/rows.jsonl")
    let all = try tool("verify", "--all")
    #expect(all.status == 0, "\(all.output)\(all.errors)")
    let lines = all.output.split(separator: "\n")
    #expect(lines.count == 3 && lines.last == "2 equal")
    #expect(lines.prefix(2).allSatisfy { $0.hasPrefix("equal  ") && $0.hasSuffix("values: 22 equal; tree byte-equal") })
    #expect(try tool("verify", "--sample", "1").output.split(separator: "\n").count == 1)
    #expect(try tool("verify", "results~1", "small", "--json").output.contains("\"isTreeEqual\":true"))
    #expect(try tool.shell("git rev-list --count results").output == "2\n", "nothing is recorded")
  }

  @Test("A value that was changed in the history is different, and so is the record.")
  func different() throws {
    let path = "small/results/readable.json"
    let change = """
      git worktree add -q ../forged-$$ results 2>/dev/null && cd ../forged-$$ && git config core.editor true
      sed -i 's/"best" : {/"forged" : 1,\\n      "best" : {/' \(path) && git commit -q -a -m 'small: forged' &&
      cd - >/dev/null && git worktree remove ../forged-$$
      """
    let outcome = try tool.shell(change)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let verified = try tool("verify")
    #expect(verified.status == 1)
    #expect(verified.output.contains("different         ") && verified.output.contains("tree not byte-equal"))
    #expect(verified.output.contains("readable.forged  1  ->  –"), "\(verified.output)")
    #expect(try tool("verify", "results~1").status == 0)
  }

  @Test("Within tolerance is for another engine alone, and it says which.")
  func tolerance() throws {
    let forge = """
      git worktree add -q ../other-$$ results && cd ../other-$$ &&
      sed -i 's/"engine" : "1 /"engine" : "0 /' small/inputs.json &&
      sed -i 's/\\("value" : 0.[0-9]\\{10\\}\\)[0-9]*/\\10001/' small/results/readable.json &&
      git commit -q -a -m 'small: by another engine' && cd - >/dev/null && git worktree remove ../other-$$
      """
    #expect(try tool.shell(forge).status == 0)
    let verified = try tool("verify")
    #expect(verified.status == 0, "\(verified.output)")
    #expect(verified.output.hasPrefix("within tolerance"))
    #expect(verified.output.contains("another engine: 0 ") && verified.output.contains("within  readable."))
  }

  @Test("A record whose inputs are gone is unverifiable, by digest and name.")
  func unverifiable() throws {
    let gone = """
      git checkout -q --orphan fresh && git rm -q -r --cached experiments && rm -r experiments/data/rows.jsonl
      git commit -q --allow-empty -m Fresh && git branch -D -q main master 2>/dev/null
      git reflog expire --expire=now --all && git gc -q --prune=now
      """
    _ = try tool.shell(gone)
    let verified = try tool("verify")
    #expect(verified.status == 3)
    #expect(verified.output.hasPrefix("unverifiable"))
    #expect(verified.output.contains(/data rows, digest [0-9a-f]{64}: found nothing that can be read/))
  }

  @Test("Claims are registered without a run, and the report says what was dropped from the document.")
  func registered() throws {
    try small.write(to: "other")
    let first = try tool("register", "other")
    #expect(first.output.contains("other: 1 claim registered in "))
    #expect(try tool("register", "other").output.contains("registered already, as they are worded now"))
    #expect(try tool("log", "other").output.contains("registered    other: registered 1 claim"))
    #expect(try tool.shell("git show results:.registered/other/claims.json").output.contains("It is readable."))
    try small.write(cells: SmallProject.probe("mid"), to: "other")
    try small.run("other")
    #expect(try tool("log", "other", "--limit", "1").output.contains("other: registered before"))
    try small.write(says: "It is quite readable.", to: "other")
    try small.run("other")
    let line = try tool("log", "other", "--limit", "1").output
    #expect(line.contains("changed after") && line.contains("withdrawn: mid"))
    #expect(try tool("show", "results", "other").output.contains("mid  last in "))
    #expect(try tool("site").status == 0)
    let page = try String(contentsOf: tool.folder.appending(path: "site/public/other.html"), encoding: .utf8)
    #expect(page.contains("<h2>Withdrawn</h2>") && page.contains("mid.best.auroc"))
    #expect(page.contains("declares 1 cell") && page.contains("2 cells had a result at some time"))
    #expect(page.contains("<span class=\"mark\">changed after</span>"))
  }

  @Test("An old run is restored in a worktree beside, with what was not committed, and gives its record again.")
  func restored() throws {
    try small.write(seed: 5)
    try small.run()
    let tree = try tool.shell("git rev-parse results:small").output
    try small.write(seed: 6)
    try tool.write("", to: "experiments/data/rows.jsonl")
    let restored = try tool.shell("palimpsest restore > run.sh && cat run.sh && palimpsest restore; echo $?")
    #expect(
      restored.output.hasSuffix("palimpsest run experiments/small.md\n2\n"), "\(restored.output)\(restored.errors)")
    #expect(restored.errors.contains("is there already"))
    let run =
      "palimpsest restore --to ../as-it-was-$$ > run.sh && echo ' --rerun --no-site' >> run.sh && "
      + "tr '\\n' ' ' < run.sh | sed 's/ palimpsest/ \\&\\& palimpsest/' > go.sh && sh go.sh 2>/dev/null"
    let again = try tool.shell(run)
    #expect(again.output.contains("no change, no new commit"), "\(again.output)\(again.errors)")
    #expect(try tool.shell("git rev-parse results:small").output == tree)
  }

  @Test("A model beside the project is brought beside the copy that is verified, and stays what it is when restored.")
  func beside() throws {
    let name = "shared-\(UUID().uuidString).gguf"
    let document = "experiments/small.md"
    try tool.shell(
      "cp experiments/models/tiny.gguf ../\(name) && sed -i 's#model: tiny#model: ../\(name)#' \(document)"
    )
    .check()
    defer { _ = try? tool.shell("rm -rf ../\(name) ../as-it-was-*") }
    try small.run()
    let verified = try tool("verify")
    #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
    let temporary = FileManager.default.temporaryDirectory.appending(path: name).path
    #expect(!FileManager.default.fileExists(atPath: temporary), "nothing is written outside the copy")
    try tool.shell("printf x >> ../\(name)").check()
    let restored = try tool.shell(
      "palimpsest restore --to ../as-it-was-$$; cmp experiments/models/tiny.gguf ../\(name)")
    #expect(restored.errors.contains("model ../\(name)") || restored.output.contains("model ../\(name)"))
    #expect(restored.output.contains("EOF") || restored.errors.contains("EOF"), "the other is as it was: one byte more")
  }

  @Test("A record whose patch puts a symbolic link where its document goes writes nothing through it.")
  func throughALink() throws {
    try tool.write("precious\n", to: "victim.txt")
    let forge = """
      victim=$PWD/victim.txt && source=$(git rev-parse HEAD) && git worktree add -q ../forged-$$ results && cd ../forged-$$ &&
      cp -r small zz && mkdir -p .source/zz && blob=$(printf %s "$victim" | git hash-object --stdin) &&
      printf 'diff --git a/experiments/zz.md b/experiments/zz.md\nnew file mode 120000\nindex 0000000..%s\n' $blob > .source/zz/difference.patch &&
      printf -- '--- /dev/null\n+++ b/experiments/zz.md\n@@ -0,0 +1 @@\n+%s\n\\ No newline at end of file\n' "$victim" >> .source/zz/difference.patch &&
      git add -A && git commit -q -m "zz: forged

      Source-Commit: $source" && cd - >/dev/null &&
      git worktree remove ../forged-$$
      """
    try tool.shell(forge).check()
    let restored = try tool.shell(
      "palimpsest restore results zz --to ../as-it-was-$$ && cat ../as-it-was-$$/experiments/zz.md")
    #expect(try tool.shell("cat victim.txt").output == "precious\n")
    #expect(restored.output.contains("title: Small"), "\(restored.output)\(restored.errors)")
  }

  @Test("A record whose patch puts a link in place of the folder of documents makes nothing where it leads.")
  func folderIsALink() throws {
    let forge = """
      mkdir away && source=$(git rev-parse HEAD) &&
      git rm -q -r experiments && ln -s $PWD/away experiments && git add experiments &&
      git diff --cached --binary HEAD > patch && git reset -q --hard HEAD && git worktree add -q ../forged-$$ results &&
      cp patch ../forged-$$/ && cd ../forged-$$ && cp -r small zz && mkdir -p .source/zz &&
      mv patch .source/zz/difference.patch && git add -A && git commit -q -m "zz: forged

      Source-Commit: $source" && cd - >/dev/null && git worktree remove ../forged-$$
      """
    try tool.shell(forge).check()
    let restored = try tool("restore", "results", "zz", "--to", "../as-it-was-\(UUID().uuidString)")
    #expect(restored.status != 0 && restored.errors.contains("leads out of its folder"), "\(restored.errors)")
    #expect(try tool.shell("ls away").output == "", "\(restored.output)\(restored.errors)")
  }

  @Test("Tables that differ by more than the tolerance, and other words, are no matter of another engine.")
  func tablesAndNotes() throws {
    func forged(_ change: String) throws -> Tool.Outcome {
      let forge = """
        git worktree add -q ../other-$$ results && cd ../other-$$ &&
        sed -i 's/"engine" : "1 /"engine" : "0 /' small/inputs.json && \(change) &&
        git commit -q -a -m 'small: by another engine' && cd - >/dev/null && git worktree remove ../other-$$
        """
      try tool.shell(forge).check()
      return try tool("verify")
    }
    #expect(try forged("true").output.hasPrefix("within tolerance"))
    let words = try forged(
      "sed -i '0,/\"notes\" : \\[/s//\"notes\" : [\\n\"the control failed\",/' small/results/readable.json")
    #expect(words.status == 1 && words.output.hasPrefix("different"), "\(words.output)\(words.errors)")
  }

  @Test("A document in a folder of its own, or of the name of another, is refused before anything runs.")
  func names() throws {
    try tool.shell("mkdir experiments/sub ../elsewhere-$$ && cp experiments/small.md experiments/sub/inner.md").check()
    let inner = try tool("check", "experiments/sub/inner.md")
    #expect(inner.status != 0 && inner.errors.contains("in a folder of its own"), "\(inner.errors)\(inner.output)")
    try tool.shell("rm -r experiments/sub").check()
    let other = try tool.shell(
      "mkdir aside && cp experiments/small.md aside/ && palimpsest run aside/small.md; echo $?")
    #expect(other.output.hasSuffix("2\n") && other.errors.contains("experiments/small.md has the same name"))
    let run = "palimpsest run $PWD/../linked-$$/experiments/small.md"
    let linked = try tool.shell("ln -s $PWD ../linked-$$ && \(run); echo $?")
    #expect(linked.output.hasSuffix("0\n"), "the same document by another way: \(linked.errors)")
    let text = try tool("run", "experiments/data/rows.jsonl")
    #expect(text.status == 2 && text.errors.contains("experiments/data/rows.jsonl is no document"), "\(text.errors)")
  }

  @Test("Rows that do not say whether they are harmful are told before anything runs: they are not harmless.")
  func labels() throws {
    let rows = "{\"id\": \"x\", \"text\": \"How?\"}\n{\"id\": \"y\", \"text\": \"Why?\", \"harmful\": null}\n"
    try tool.shell("cat >> experiments/data/rows.jsonl <<'END'\n\(rows)END").check()
    let outcome = try tool("check")
    #expect(outcome.status != 0)
    #expect(
      outcome.errors.contains("the column “harmful” is empty in row 25, and 1 more of 26 are no better"),
      "\(outcome.errors)")
  }

  @Test("Why a cell runs is told by the input that changed, or that none did.")
  func why() throws {
    #expect(try tool("why", "small").output == "readable: nothing changed\n")
    try small.write(seed: 8, cells: SmallProject.probe("mid"))
    #expect(try tool("why", "small.readable").output == "readable: changed\n  seed  3  ->  8\n")
    #expect(try tool("why", "small").output.contains("mid: runs\n  no record has it yet"))
    try small.write()
    try tool.shell("sed -i 's/site: resid_post/site: resid_pre/' experiments/small.md").check()
    #expect(try tool("why", "small").output.contains("setting site"))
    try tool.shell("sed -i 's/resid_pre/resid_post/; ' experiments/small.md && echo >> experiments/data/rows.jsonl")
      .check()
    #expect(try tool("why", "small").output.contains("data  rows "))
    #expect(try tool("why", "small.nowhere").errors.contains("known: readable"))
    #expect(try tool("why", "nowhere").status == 2)
  }

  @Test("The cache is listed, checked and cleared; a flipped bit is told by the next run, which computes again.")
  func cache() throws {
    #expect(try tool("cache", "list").output.contains("small.readable"))
    #expect(try tool("cache", "verify").status == 0)
    let flip = """
      for f in $(find .palimpsest/cache/objects -type f -size +4k); do
        printf '\\377' | dd of=$f bs=1 seek=2000 conv=notrunc 2>/dev/null
      done
      """
    try tool.shell(flip).check()
    let run = try small.run("--set seed=3")
    #expect(run.errors.contains("the cache entry ") && run.errors.contains("holds bytes with digest"), "\(run.errors)")
    try small.run("--rerun")
    try tool.shell(flip).check()
    let verified = try tool("cache", "verify")
    #expect(verified.status == 1 && verified.output.contains("entries damaged"))
    #expect(try tool("cache", "gc", "--limit", "1K", "--grace", "0").status == 0)
    #expect(try !tool("cache", "list").output.contains("small.readable"))
  }

  @Test("A run brings the cache within the limit of git's setting, and a setting that is no amount stops it before.")
  func cacheLimit() throws {
    try small.run()
    #expect(try tool("cache", "gc").output.hasPrefix("removed 0 results"))
    // What was used just now is not cleared from under anybody.
    let age = "find .palimpsest/cache -type f -exec touch -d '2 hours ago' {} +"
    try tool.shell("\(age); git config palimpsest.cacheLimit 1K").check()
    try small.write(seed: 5)
    try small.run()
    let kept = try tool("cache", "list").output
    #expect(kept.contains("small.readable") && !kept.contains("no newest record"), "\(kept)")
    try tool.shell("git config palimpsest.cacheLimit much").check()
    for arguments in [["run"], ["cache", "gc"]] {
      let refused = try tool.shell("palimpsest \(arguments.joined(separator: " "))")
      #expect(refused.status == 2)
      #expect(refused.errors.contains("palimpsest.cacheLimit is “much”; expected an amount"), "\(refused.errors)")
    }
  }
}

extension Tool.Outcome {
  /// Expects that all went well.
  func check() { #expect(status == 0, "\(output)\(errors)") }
}
