import Foundation
import Ledger
import Testing

@Suite struct SourceStateTests {
  @Test("A clean work tree is clean; tracked changes count everywhere, untracked files only where asked.")
  func dirt() throws {
    let sample = try Sample()
    let repository = try Repository.discover(from: sample.url)
    let experiments = [sample.url.appending(path: "experiments")]
    let head = try sample.git("rev-parse", "HEAD")
    let clean = try repository.sourceState(untrackedIn: experiments)
    #expect(clean.commit?.hex == head)
    #expect(clean.branch == "main")
    #expect(!clean.isDirty)

    try sample.folder.write("notes", to: "notes.txt")
    #expect(try repository.sourceState(untrackedIn: experiments).changes == [])
    try sample.folder.write("new", to: "experiments/sub/two [x].md")
    #expect(try repository.sourceState().changes == [])
    #expect(try repository.sourceState(untrackedIn: experiments).changes == ["experiments/sub/two [x].md"])
    let file = sample.url.appending(path: "experiments/sub/two [x].md")
    #expect(try repository.sourceState(untrackedIn: [file]).changes == ["experiments/sub/two [x].md"])
    #expect(try repository.sourceState(untrackedIn: [sample.url]).changes.count == 2)

    try sample.folder.write("# Changed\n", to: "experiments/one.md")
    #expect(try repository.sourceState().changes == ["experiments/one.md"])
    try sample.git("add", "experiments/one.md")
    #expect(try repository.sourceState().isDirty)
    try FileManager.default.removeItem(at: sample.url.appending(path: "experiments/one.md"))
    #expect(try repository.sourceState().changes == ["experiments/one.md"])
  }

  @Test("Asking writes nothing, and a detached, unborn or bare HEAD has an answer.")
  func heads() throws {
    let sample = try Sample()
    let index = sample.url.appending(path: ".git/index")
    let before = try Data(contentsOf: index)
    try sample.git("checkout", "-q", "--detach")
    let detached = try Repository.discover(from: sample.url).sourceState(untrackedIn: [sample.url])
    #expect(detached.branch == nil)
    #expect(detached.commit != nil)
    #expect(try Data(contentsOf: index) == before)

    let unborn = try Sample(commit: false)
    try unborn.folder.write("x", to: "x.md")
    let state = try Repository.discover(from: unborn.url).sourceState(untrackedIn: [unborn.url])
    #expect(state.commit == nil)
    #expect(state.branch == "main")
    #expect(state.changes == ["x.md"])
    let bare = try Sample("--bare", commit: false)
    #expect(try !Repository.discover(from: bare.url).sourceState().isDirty)
  }

  @Test("Line endings that git itself converts are no change.")
  func lineEndings() throws {
    let sample = try Sample()
    try sample.git("config", "core.autocrlf", "true")
    try FileManager.default.removeItem(at: sample.url.appending(path: "experiments/one.md"))
    try sample.git("checkout", "--", "experiments/one.md")
    #expect(try Data(contentsOf: sample.url.appending(path: "experiments/one.md")).contains(13))
    #expect(try !Repository.discover(from: sample.url).sourceState().isDirty)
  }
}
