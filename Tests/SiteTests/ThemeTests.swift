import Foundation
import Site
import Testing

@Suite("Themes")
struct ThemeTests {
  private let workspace = Workspace()
  private static let project = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  @Test("The theme inside the binary is the one in site/; PALIMPSEST_UPDATE_THEME=1 writes it again.")
  func bundled() throws {
    let folder = Self.project.appending(path: "site")
    let names = try ["assets", "templates"].flatMap { part in
      try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: part).path)
        .filter { !$0.hasPrefix(".") }.map { "\(part)/\($0)" }
    }
    let files = try names.sorted().map { path in
      (path, try String(contentsOf: folder.appending(path: path), encoding: .utf8))
    }
    let source = Self.project.appending(path: "Sources/Site/BundledTheme.swift")
    if ProcessInfo.processInfo.environment["PALIMPSEST_UPDATE_THEME"] == "1" {
      try Data(Self.swift(files).utf8).write(to: source)
    }
    #expect(try String(contentsOf: source, encoding: .utf8) == Self.swift(files))
    #expect(files.allSatisfy { $0.1.hasSuffix("\n") && !$0.1.contains("\"\"\"#") })
  }

  /// The Swift file that holds a theme.
  private static func swift(_ files: [(path: String, text: String)]) -> String {
    let entries = files.map { path, text in
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map {
        $0.allSatisfy(\.isWhitespace) ? "" : "    \($0)"
      }
      return "    \"\(path)\": #\"\"\"\n\(lines.joined(separator: "\n"))\n\n    \"\"\"#,\n"
    }
    return """
      /// The theme of `site/`, so that a project without one has a report too. A test holds the two equal, and writes
      /// this file again when it is asked to.
      enum BundledTheme {
        /// The text of every template and asset, by path below `site/`.
        static let files: [String: String] = [
      \(entries.joined())  ]
      }

      """
  }

  @Test("A project's own templates and assets take the place of the built-in ones, file by file.")
  func own() throws {
    for (path, text) in [
      ("templates/index.html", "<p>{{title}}: {{summary}}</p>"), ("assets/style.css", "p{color:red}"),
    ] {
      let file = workspace.theme.appending(path: path)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    try workspace.render([SampleReport.page()])
    #expect(try workspace.read("index.html").hasPrefix("<p>Experiments: 1 experiment, 3 claims"))
    #expect(try workspace.read("assets/style.css").hasPrefix("p{color:red}\n"))
    #expect(try workspace.read("assets/style.css").contains(".plot"), "figures keep their look")
    #expect(try workspace.read("harmfulness-by-layer.html").contains("<article>"))
  }

  @Test("A template that is not Mustache is an error that names the file and what to do.")
  func broken() throws {
    let file = workspace.theme.appending(path: "templates/index.html")
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data("{{#open}}".utf8).write(to: file)
    let error = try #require(throws: SiteError.self) { try workspace.render([]) }
    #expect("\(error)".contains("templates/index.html is not valid Mustache"))
    #expect("\(error)".contains("delete it to use the built-in one"))
  }
}
