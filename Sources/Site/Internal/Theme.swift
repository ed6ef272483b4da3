import Foundation
import Mustache

/// The templates and assets that a report is made with: a project's own, and the built-in ones where it has none.
struct Theme {
  /// The assets by path below the report's folder.
  let assets: [String: String]
  private let library: MustacheLibrary

  /// - Throws: `SiteError` if a file of the theme is not text, or a template is not Mustache.
  init(folder: URL) throws {
    MustacheContentTypes.register(EscapedText(), named: EscapedText.name)
    var library = MustacheLibrary()
    var assets: [String: String] = [:]
    for (path, bundled) in BundledTheme.files {
      let url = folder.appending(path: path)
      let text = try Self.read(url) ?? bundled
      guard path.hasPrefix("templates/") else {
        assets[path] = text
        continue
      }
      let name = path.dropFirst("templates/".count).dropLast(".html".count)
      do {
        try library.register("{{% CONTENT_TYPE:\(EscapedText.name)}}\(text)", named: String(name))
      } catch {
        throw SiteError.badTemplate(path: url.path, reason: "\(error)")
      }
    }
    assets["assets/style.css", default: ""] += "\n/* Figures. */\n\(FigureStyle.css)"
    self.library = library
    self.assets = assets
  }

  /// Renders a view with a template.
  func render(_ template: String, _ view: Any) -> String {
    library.render(view, withTemplate: template) ?? ""
  }

  private static func read(_ url: URL) throws -> String? {
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    guard let data = try? Data(contentsOf: url), let text = String(data: data, encoding: .utf8) else {
      throw SiteError.unreadable(path: url.path)
    }
    return text
  }
}

/// How templates escape: scalar by scalar, with invisible characters spelled out.
private struct EscapedText: MustacheContentType {
  static let name = "PAGE"

  func escapeText(_ text: String) -> String { Markup.escaped(text) }
}
