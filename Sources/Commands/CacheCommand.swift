import ArgumentParser
import Foundation
import Project
import Tensor

/// `palimpsest cache`
struct CacheCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cache",
    abstract: "List, clear and check what is kept so that it need not be computed again.",
    discussion: """
      The cache is .palimpsest/cache: results by the digest of what they depend on. It may be deleted at any time.

      EXAMPLES
        palimpsest cache list
        palimpsest cache gc --limit 2G
        palimpsest cache verify
      """,
    subcommands: [List.self, Clear.self, Verify.self], defaultSubcommand: List.self)

  /// `palimpsest cache list`
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "List the results that are kept, the most recently used first.",
      discussion: """
        EXAMPLES
          palimpsest cache list
          palimpsest cache list | wc -l
        """)

    func run() throws {
      let project = try Project.current()
      let kept = project.cache.kept()
      let names = try project.names(ofKeys: Set(kept.map(\.key)))
      let rows = kept.map { result in
        [
          result.key.short, "\(ByteCount(result.size))", Terminal.date(result.used),
          names[result.key]?.joined(separator: ", ") ?? "no newest record",
        ]
      }
      for line in Terminal.columns(rows) { Terminal.print(line) }
      let total = kept.reduce(0) { $0 + $1.size }
      Terminal.note("\(kept.count) results, \(ByteCount(total))")
    }
  }

  /// `palimpsest cache gc`
  struct Clear: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "gc",
      abstract: "Remove the least recently used results until the cache is within a limit.",
      discussion: """
        What no result names goes too, and so does what a killed run left half-written. Others may run meanwhile: what
        goes before they read it is computed again. Every run that computes something does this at its end, by the limit
        that “git config palimpsest.cacheLimit” sets (20 GiB if it sets none).

        EXAMPLES
          palimpsest cache gc
          palimpsest cache gc --limit 2G
          git config palimpsest.cacheLimit 5G
        """)

    @Option(help: ArgumentHelp("How much may stay, as in 2G or 512M; the setting if not given.", valueName: "amount"))
    var limit: ByteCount?

    @Option(help: ArgumentHelp("Leave alone what was used within so many seconds.", valueName: "seconds"))
    var grace = 600

    func validate() throws {
      guard grace >= 0 else { throw ValidationError("“--grace \(grace)”: expected 0 or more seconds") }
    }

    func run() throws {
      let project = try Project.current()
      let limit = try limit ?? project.cacheLimit()
      let cleared = project.cache.clear(downTo: limit.bytes, grace: TimeInterval(grace))
      Terminal.print(
        "removed \(cleared.results) results (\(cleared.files) files, \(ByteCount(cleared.bytes))); "
          + "\(ByteCount(cleared.left)) left")
    }
  }

  /// `palimpsest cache verify`
  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "verify",
      abstract: "Read everything that is kept and compare it with its digest; damaged entries are removed.",
      discussion: """
        The exit status is 1 if something was damaged.

        EXAMPLES
          palimpsest cache verify
        """)

    func run() throws {
      let (whole, faults) = try Project.current().verifyCache()
      for fault in faults { Terminal.print("\(fault)") }
      Terminal.print("\(whole) results whole, \(faults.count) entries damaged")
      if !faults.isEmpty { throw Status.refuted }
    }
  }
}
