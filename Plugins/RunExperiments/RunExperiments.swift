import Foundation
import PackagePlugin

/// `swift package run-experiments`: what `palimpsest run` does, with the tool built first.
@main
struct RunExperiments: CommandPlugin {
  func performCommand(context: PluginContext, arguments: [String]) throws {
    // Asked for here: as a dependency of the plugin, the tool and all below it would be compiled twice by every build.
    let built = try packageManager.build(.product("palimpsest"), parameters: .init(configuration: .release))
    guard built.succeeded, let tool = built.builtArtifacts.first(where: { $0.kind == .executable }) else {
      return Diagnostics.error("palimpsest could not be built:\n\(built.logText)")
    }
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
