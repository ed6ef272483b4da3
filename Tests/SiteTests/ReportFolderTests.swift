import Foundation
import Site
import Testing

@Suite("The report's folder")
struct ReportFolderTests {
  private let workspace = Workspace()

  @Test("Pages of experiments that are gone are removed with their data, and files of others stay.")
  func stale() throws {
    try workspace.render([SampleReport.page(), SampleReport.training])
    let own = workspace.output.appending(path: "notes.txt")
    try Data("mine".utf8).write(to: own)
    try workspace.render([SampleReport.page()])
    let files = try workspace.files()
    #expect(files["harmfulness-by-layer.html"] != nil && files["notes.txt"] != nil)
    #expect(!files.keys.contains { $0.contains("drafts") })
    #expect(!FileManager.default.fileExists(atPath: workspace.output.appending(path: "drafts").path))
  }

  @Test("A file that is right already is not written again.")
  func untouched() throws {
    let index = try #require(try workspace.render([SampleReport.page()]).first)
    let old = Date(timeIntervalSince1970: 1_000_000)
    try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: index.path)
    try workspace.render([SampleReport.page()])
    let attributes = try FileManager.default.attributesOfItem(atPath: index.path)
    #expect(attributes[.modificationDate] as? Date == old)
  }

  @Test("What is told to be right is neither rendered again nor removed, and goes when its experiment goes.")
  func kept() throws {
    let site = Site(theme: workspace.theme, output: workspace.output)
    let page = SampleReport.page()
    let rendered = try site.render([page, SampleReport.training])
    let own = try #require(rendered.files[page.record.experiment])
    #expect(own.contains { $0.hasPrefix("data/") } && own.contains("harmfulness-by-layer.html"))
    let before = try workspace.files()
    let mark = Data("as it was".utf8)
    try mark.write(to: workspace.output.appending(path: "harmfulness-by-layer.html"))
    let again = try site.render([page, SampleReport.training], keeping: [page.record.experiment: own])
    #expect(again.files == rendered.files)
    var after = try workspace.files()
    #expect(after.removeValue(forKey: "harmfulness-by-layer.html") == mark)
    #expect(after == before.filter { $0.key != "harmfulness-by-layer.html" })
    try site.render([SampleReport.training], keeping: [page.record.experiment: own])
    #expect(try !workspace.files().keys.contains { own.contains($0) })
  }

  @Test("A list of files that was tampered with removes nothing outside the folder.")
  func tampered() throws {
    try workspace.render([])
    let outside = workspace.root.appending(path: "precious.txt")
    try Data("keep".utf8).write(to: outside)
    try Data("../precious.txt\n\(outside.path)\n".utf8).write(to: workspace.output.appending(path: ".files"))
    try workspace.render([])
    #expect(FileManager.default.fileExists(atPath: outside.path))
  }

  @Test("A folder that cannot be made is an error that names it.")
  func unwritable() throws {
    try FileManager.default.createDirectory(at: workspace.root, withIntermediateDirectories: true)
    try Data().write(to: workspace.output)
    #expect(throws: (any Error).self) { try workspace.render([SampleReport.page()]) }
    #expect(try Data(contentsOf: workspace.output).isEmpty)
  }
}
