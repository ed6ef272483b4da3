import Foundation
import PackagePlugin

/// `swift package render-site`: what `palimpsest site` does, with the tool built first.
@main
struct RenderSite: CommandPlugin {
  func performCommand(context: PluginContext, arguments: [String]) throws {
    let tool = try context.tool(named: "palimpsest")
    let process = Process()
    process.executableURL = tool.url
    process.currentDirectoryURL = context.package.directoryURL
    process.arguments = ["site"] + arguments
    try process.run()
    process.waitUntilExit()
    if process.terminationStatus != 0 {
      Diagnostics.error("palimpsest site ended with status \(process.terminationStatus)")
    }
  }
}
