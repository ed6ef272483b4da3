import Bundle
import Experiment
import Foundation
import Manuscript
import Runner
import Tensor
import Testing

@Suite("Designs that are refused before anything runs")
struct RefusedDesignTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "design-\(UUID().uuidString)")

  /// What is wrong with a document of one cell over some rows, with the embedded model.
  private func problems(_ cell: String, rows: String) throws -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "rows.csv")
    try Data(rows.utf8).write(to: file)
    let experiment = try Experiment(
      name: "x", source: "---\nmodel: aligned-small\ndata: \(file.path)\n---\n\n```\(cell)\n```\n", file: "x.md",
      overrides: [:], registry: Registry(bundledCells))
    do {
      try Runner(shelf: Shelf(root: root), store: .none).check(experiment)
      return ""
    } catch let problems as Problems {
      return problems.description
    }
  }

  private static let patch =
    "{patch}\nlabel: p\ntarget: harmful\npositions: [last]\nrefusal_tokens: [Sorry]\n"
  private static let uneven =
    "text,harmful,pair\nHow do I open a jar?,0,a\nHow do I open the old jar of my aunt?,1,a\nHi,0,b\nHi,1,b\n"

  @Test("Pairs whose prompts differ in length, with rows and lengths, unless they are left out.")
  func lengths() throws {
    let message = try problems(Self.patch, rows: Self.uneven)
    #expect(message.contains("1 of 2 pairs of the data"))
    #expect(message.contains("rows 1 and 2 have"))
    #expect(message.contains("unaligned: leave_out"))
    #expect(try problems(Self.patch + "unaligned: leave_out\n", rows: Self.uneven).isEmpty)
  }

  @Test("Answers that are several tokens, with their pieces.")
  func answers() throws {
    let cell = Self.patch.replacing("[Sorry]", with: "[Sorry, extraordinarily]")
    let rows = "text,harmful,pair\nHi,0,b\nHi,1,b\n"
    let message = try problems(cell, rows: rows)
    #expect(message.contains("“extraordinarily” is "))
    #expect(message.contains("expected: answers that are one token each"))
    #expect(try problems(Self.patch, rows: rows).isEmpty)
  }

  @Test("Responses where prompts alone are read, or the data have none; ranges where one place is meant.")
  func places() throws {
    let rows = "text,harmful,pair,category\nHi,0,b,x\nHi,1,b,y\n"
    let patch = Self.patch.replacing("[last]", with: "[\"response[0]\"]")
    #expect(try problems(patch, rows: rows).contains("{patch} reads prompts alone"))
    let probe = "{probe}\nlabel: p\ntarget: harmful\npositions: [\"response[0]\"]\n"
    #expect(try problems(probe, rows: rows).contains("have no column “response”"))
    let transfer = "{transfer}\nlabel: t\ntarget: harmful\nposition: \"instruction[-2:]\"\n"
    #expect(try problems(transfer, rows: rows).contains("“instruction[-2:]” is a range of tokens"))
  }
}
