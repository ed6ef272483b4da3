import Foundation
import Ledger
import Testing

@Suite struct InitialisedTests {
  @Test("An empty folder becomes a repository that ignores cache and site; doing it again changes nothing.")
  func fresh() throws {
    _ = Git.home
    let folder = try TemporaryFolder()
    let project = folder.url.appending(path: "new/project", directoryHint: .isDirectory)
    let done = try Repository.initialise(at: project)
    #expect(done.madeRepository)
    #expect(done.ignored == [".palimpsest/", "site/public/"])
    #expect(
      try String(contentsOf: project.appending(path: ".gitignore"), encoding: .utf8) == ".palimpsest/\nsite/public/\n")
    let again = try Repository.initialise(at: project)
    #expect(!again.madeRepository)
    #expect(again.ignored == [])
    #expect(again.description.hasPrefix("nothing to do"))
    let git = Git(folder: project)
    try Cache(project: project).store(bytes("x"))
    #expect(try git("status", "--porcelain", "-uall") == "?? .gitignore")
  }

  @Test("An existing repository is kept, and only missing lines are added to its .gitignore.")
  func existing() throws {
    let sample = try Sample()
    try sample.folder.write("*.o\r\n/.palimpsest", to: ".gitignore")
    let done = try Repository.initialise(at: sample.url)
    #expect(!done.madeRepository)
    #expect(done.ignored == ["site/public/"])
    let text = try String(contentsOf: sample.url.appending(path: ".gitignore"), encoding: .utf8)
    #expect(text == "*.o\r\n/.palimpsest\nsite/public/\n")
    let bare = try Sample("--bare", commit: false)
    #expect(try Repository.initialise(at: bare.url).ignored == [])
  }
}
