import Foundation
import Testing

@Suite("Reading the history")
struct HistoryTests {
  private let small: SmallProject
  private var tool: Tool { small.tool }

  init() throws {
    small = try SmallProject()
    try small.run()
    try small.write(seed: 4, says: "It is quite readable.")
    try small.run()
  }

  @Test("The log tells verdicts, where claims stand, headline values, commit and date, and begins where it is told to.")
  func log() throws {
    let lines = try tool("log").output.split(separator: "\n").map(String.init)
    try #require(lines.count == 2)
    #expect(lines[0].contains("supported     small: changed after · ~ readable.best.auroc 0."))
    #expect(lines[1].contains("supported     small: registered before · "))
    #expect(lines.allSatisfy { $0.wholeMatch(of: /[0-9a-f]{10}  \d{4}-\d\d-\d\d  .*/) != nil })
    #expect(try tool("log", "small", "--limit", "1").output == lines[0] + "\n")
    #expect(try tool("log", "--from", "results~1").output == lines[1] + "\n")
    #expect(!(try tool("log").output.contains("\u{1B}")), "colours are for terminals")
    let unknown = try tool("log", "smal")
    #expect(unknown.status == 2 && unknown.errors.contains("recorded: small"))
    #expect(try tool("log", "--limit", "0").status == 2)
  }

  @Test("As JSON the log has a line a record, with numbers before and after.")
  func json() throws {
    let lines = try tool("log", "--json").output.split(separator: "\n")
    let records = try lines.map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(records.map { $0["experiment"] as? String } == ["small", "small"])
    let values = try #require(records[0]["values"] as? [[String: Any]])
    #expect(values.first?["path"] as? String == "readable.best.auroc")
    #expect(values.first?["movement"] as? String == "within")
    #expect((values.first?["after"] as? [String: Any])?["n"] as? Int == 24)
    #expect((records[0]["claims"] as? [[String: Any]])?.first?["standing"] as? String == "changed after")
  }

  @Test("A commit is shown with inputs, claims, values and provenance, and with what was not committed.")
  func show() throws {
    let shown = try tool("show").output.replacing(/\ {2,}/, with: "  ")
    for word in ["Source-Dirty  yes", "seed  4", "changed after  It is quite readable.", "readable.best.layer"] {
      #expect(shown.contains(word), "\(word) in \(shown)")
    }
    let patch = try tool("show", "--difference").output
    #expect(patch.contains("-seed: 3\n+seed: 4\n"))
    try tool.write(patch, to: "difference.patch")
    let apply = "git stash -q -- experiments && git apply difference.patch && git diff --stat && git stash drop -q"
    #expect(try tool.shell(apply).output.contains("experiments/small.md"), "git reads the difference back")
    #expect(try tool("show", "results~1", "--difference").output.isEmpty, "the tree was clean")
    #expect(try tool("show", "results~1").output.contains("registered before"))
  }

  @Test("Revisions are whatever git accepts, and dates; what is none, or holds no results, is a mistake.")
  func revisions() throws {
    _ = try tool.shell("git tag first results~1 && git branch other results")
    let newest = try tool("show", "--json").output
    let first = try tool("show", "first", "--json").output
    #expect(newest != first)
    for (revision, expected) in [
      ("results", newest), ("other", newest), ("results~1", first), ("results^", first), ("2100-01-01", newest),
      ("results@{2100-01-01T00:00Z}", newest),
    ] {
      #expect(try tool("show", revision, "--json").output == expected, "\(revision)")
    }
    let hex = try tool.shell("git rev-parse --short first").output.trimmingCharacters(in: .newlines)
    #expect(try tool("show", hex, "--json").output == first)
    for (revision, message) in [
      ("results~9", "names no commit"), ("2001-01-01", "before the first record"), ("nothing", "names no commit"),
      ("HEAD", "holds no results; expected a commit of the branch “results”"),
    ] {
      let outcome = try tool("show", revision)
      #expect(outcome.status == 2 && outcome.output.isEmpty)
      #expect(outcome.errors.contains(message), "\(outcome.errors)")
    }
  }

  @Test("Two commits are compared by inputs and values; the exit status says whether they are equal.")
  func diff() throws {
    let outcome = try tool("diff")
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("seed      3"))
    #expect(outcome.output.contains("within   readable.control.shuffled.auroc"))
    #expect(outcome.output.contains(" more equal"))
    #expect(try tool("diff", "results~1..results", "small").output == outcome.output)
    let equal = try tool("diff", "results..results")
    #expect(equal.status == 0 && equal.output == "every record is equal\n")
    let lines = try tool("diff", "results~1", "--json").output.split(separator: "\n")
    #expect(lines.contains { $0.contains("\"movement\":\"within\"") })
    #expect(!lines.contains { $0.contains("\"movement\":\"equal\"") })
    #expect(try tool("diff", "results~1...results").status == 2)
    #expect(try tool("diff", "results", "nowhere").errors.contains("recorded: small"))
  }

  @Test("With --html the figures stand in pairs, on a page that needs no other file.")
  func html() throws {
    #expect(try tool("diff", "--html", "pairs.html").status == 1)
    let page = try String(contentsOf: tool.folder.appending(path: "pairs.html"), encoding: .utf8)
    #expect(page.components(separatedBy: "<figure class=\"pair\">").count == 3, "two figures differ")
    #expect(page.contains("<td>seed</td><td><code>3</code></td><td><code>4</code></td>"))
    #expect(!page.contains("<link rel=\"stylesheet\"") && !page.contains("<script"))
  }

  @Test("Values are exported as one tidy table, and a number read back is the number.")
  func export() throws {
    let csv = try tool("export").output.split(separator: "\r\n").map(String.init)
    #expect(csv.first == "experiment,cell,value,estimate,low,high,n,commit")
    let commit = try tool.shell("git rev-parse results").output.trimmingCharacters(in: .newlines)
    let row = try #require(csv.first { $0.hasPrefix("small,readable,control.shuffled.auroc,") })
    let number = try #require(row.split(separator: ",").dropFirst(3).first)
    #expect(row.hasSuffix(",24,\(commit)") && number.count > 8)
    let record = "git show results:small/results/readable.json"
    #expect(try tool.shell(record).output.contains("\"value\" : \(number)\n"), "all digits of \(row)")
    let rows = try JSONSerialization.jsonObject(
      with: Data(try tool("export", "results~1", "--format", "json").output.utf8))
    #expect((rows as? [[String: Any]])?.count == csv.count - 1)
    #expect(try tool("export", "--format", "xml").status == 2)
    #expect(try tool("export", "--experiment", "nowhere").status == 2)
  }

  @Test("Shells complete experiments and revisions, and offer nothing outside of a project.")
  func completion() throws {
    for (shell, words) in [("bash", "complete"), ("zsh", "#compdef"), ("fish", "complete -c")] {
      let script = try tool("--generate-completion-script", shell)
      #expect(script.status == 0 && script.output.contains(words))
    }
    #expect(try complete("show", "com", word: "res").contains("results~1"))
    #expect(try complete("diff", "range", word: "results~1..").contains("results~1..results"))
    #expect(try complete("log", "experiment", word: "") == ["small"])
    let bash = """
      eval "$(palimpsest --generate-completion-script bash)"
      COMP_WORDS=(palimpsest log sm); COMP_CWORD=2; COMP_LINE='palimpsest log sm'; COMP_POINT=17
      _palimpsest palimpsest sm log; echo "${COMPREPLY[@]}"
      """
    #expect(try tool.shell(bash, "bash").output == "small\n")
    let elsewhere = try Tool()
    let nothing = try elsewhere.shell("palimpsest ---completion log -- positional@0 2 0 palimpsest log ''")
    #expect(nothing.status == 0 && nothing.output.allSatisfy(\.isNewline) && nothing.errors.isEmpty)
  }

  private func complete(_ command: String, _ argument: String, word: String) throws -> [String] {
    let script =
      "palimpsest ---completion \(command) -- positional@0 2 \(word.count) palimpsest \(command) '\(word)'"
    return try tool.shell(script).output.split(separator: "\n").map(String.init)
  }
}
