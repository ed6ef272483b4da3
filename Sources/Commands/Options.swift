import ArgumentParser
import Experiment
import Foundation
import Project
import Tensor

/// Which documents, and what to change in them.
struct DocumentOptions: ParsableArguments {
  @Argument(
    help: "Documents, folders of them, or experiments' names; every document if left out.",
    completion: .file(extensions: ["md"]))
  var paths: [String] = []

  @Option(name: .customLong("set"), help: ArgumentHelp("Set a parameter of the documents.", valueName: "name=value"))
  var settings: [String] = []

  func validate() throws { _ = try overrides() }

  /// The settings by name.
  func overrides() throws -> [String: String] { try Self.overrides(settings) }

  /// `name=value` settings by name.
  static func overrides(_ settings: [String]) throws -> [String: String] {
    var overrides: [String: String] = [:]
    for setting in settings {
      let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else {
        throw ValidationError("“--set \(setting)” is not of the form name=value, as in --set folds=10")
      }
      overrides[String(parts[0])] = String(parts[1])
    }
    return overrides
  }
}

/// How much memory a run may take.
struct MemoryOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Stay within this much memory, as in 8G or 512M: batches are made smaller, and what cannot fit is refused.",
      valueName: "amount"))
  var memory: ByteCount?
}

extension ByteCount: ExpressibleByArgument {
  /// Reads an amount from the command line.
  public init?(argument: String) { self.init(argument) }
}

/// How the engine computes; none of it changes a bit of any result.
struct EngineOptions: ParsableArguments {
  @Option(help: "Instruction set: portable, avx2 or avx512. The results are the same.")
  var kernels: KernelPath?

  @Option(help: "Threads. The results are the same.")
  var threads: Int?

  // Mistakes are told while the arguments are read: later nobody knows whose usage to print.
  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("“--threads \(threads)”: expected at least 1") }
  }

  func apply() throws {
    if let threads { Threads.count = threads }
    if let kernels { try kernels.select() }
  }
}

extension KernelPath: ExpressibleByArgument {}

extension Project {
  /// The project that the current folder lies in.
  static func current() throws -> Project {
    try find(from: URL(filePath: FileManager.default.currentDirectoryPath), registry: Palimpsest.registry)
  }
}
