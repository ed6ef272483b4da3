import Foundation
import PackagePlugin

/// `swift package run-experiments`: what `palimpsest run` does, with the tool built first.
@main
struct RunExperiments: CommandPlugin {
  func performCommand(context: PluginContext, arguments: [String]) throws {
    let tool = try context.tool(named: "palimpsest")
    let process = Process()
    process.executableURL = tool.url
    process.currentDirectoryURL = context.package.directoryURL
    process.arguments = ["run"] + arguments
    try process.run()
    process.waitUntilExit()
    if process.terminationStatus != 0 {
      Diagnostics.error("palimpsest run ended with status \(process.terminationStatus)")
    }
  }
}
