/// What can be wrong with where a command runs, or what it is asked for.
public enum ProjectError: Error, Hashable, Sendable, CustomStringConvertible {
  case notAProject(folder: String)
  case noSuchDocument(path: String, known: [String], suggestion: String?)
  case unreadable(path: String)
  case notMarkdown(path: String)
  case exists(path: String)
  case invalidName(String)
  case noRecords
  case noSuchRecord(experiment: String, known: [String])
  case notRun(experiments: [String])
  case noSuchDirection(path: String, known: [String], suggestion: String?)
  case notResults(revision: String, commit: String, branch: String)
  case notARange(String)
  case noSource(commit: String, source: String?)
  case noClaims
  case notAnAmount(setting: String, found: String)
  case noSuchCell(label: String, experiment: String, known: [String])
  case leavesFolder(path: String)

  /// What was found, what was expected, where, and what to do.
  public var description: String {
    switch self {
    case .notAProject(let folder):
      "\(folder) is not in a project: neither it nor a folder above it holds “experiments”; run “palimpsest init” to make one"
    case .noSuchDocument(let path, let known, let suggestion):
      "there is no document “\(path)”" + (suggestion.map { "; did you mean “\($0)”?" } ?? "")
        + (known.isEmpty ? "; make one with “palimpsest new NAME”" : "\n  known: \(known.joined(separator: ", "))")
    case .unreadable(let path): "\(path) cannot be read as UTF-8 text; check that it is there and what wrote it"
    case .notMarkdown(let path):
      "\(path) is no document; expected a Markdown file whose name ends in .md, since its text is recorded as it is"
    case .exists(let path): "\(path) is there already; choose another name, or remove it first"
    case .invalidName(let name):
      "“\(name)” cannot name an experiment; use lower-case letters, digits and hyphens, beginning with a letter"
    case .noRecords: "no results are recorded yet; run “palimpsest run” first"
    case .noSuchRecord(let experiment, let known):
      "no results of “\(experiment)” are recorded\n  recorded: \(known.joined(separator: ", "))"
    case .noSuchDirection(let path, let known, let suggestion):
      "no recorded direction has the name “\(path)”" + (suggestion.map { "; did you mean “\($0)”?" } ?? "")
        + (known.isEmpty
          ? "; run a document with a {direction} cell first" : "\n  known: \(known.joined(separator: ", "))")
    case .notResults(let revision, let commit, let branch):
      "“\(revision)” is the commit \(commit), which holds no results; expected a commit of the branch “\(branch)”, "
        + "as in \(branch)~3: “palimpsest log” lists them"
    case .noSource(let commit, let source):
      if let source {
        "the record of \(commit) was made from the commit \(source), which is not here; fetch it, as in "
          + "“git fetch origin \(source)”, and try again"
      } else {
        "the record of \(commit) names no commit of sources: it was made before the first one; "
          + "“palimpsest show \(commit) --difference” prints what there was, and “git show \(commit):EXPERIMENT/experiment.md” "
          + "its document"
      }
    case .noClaims: "no document makes a claim; write a {claim} cell first"
    case .notAnAmount(let setting, let found):
      "git's setting \(setting) is “\(found)”; expected an amount, as in “git config \(setting) 20G”"
    case .noSuchCell(let label, let experiment, let known):
      "“\(experiment)” has no cell “\(label)”\n  known: \(known.joined(separator: ", "))"
    case .leavesFolder(let path):
      "the record's “\(path)” leads out of its folder, itself or by a symbolic link; nothing was written there. Records "
        + "of this kind are not made by Palimpsest: look where this one comes from"
    case .notARange(let text):
      "“\(text)” is no range of commits; expected A..B, as in results~1..results, or one commit to compare with the newest"
    case .notRun(let experiments):
      "no current results for \(experiments.joined(separator: ", ")); run “palimpsest run” first"
    }
  }
}
