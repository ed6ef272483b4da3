import Foundation

extension Repository {
  /// As many packs as git itself lets pile up by default.
  static let pile = 50

  /// Has git join the packs that records have left, once more than ``pile`` are there.
  ///
  /// Each record is a pack of its own, and every reader looks through all of them. `git gc --auto` decides by the
  /// repository's own settings whether it is time, and goes on in the background. Where there is no git, nothing happens.
  public func packIfPiledUp() {
    let folder = commonDirectory.appending(path: "objects/pack")
    PackFile.releaseAbandoned(in: folder)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))) ?? []
    guard names.count(where: { $0.hasSuffix(".pack") }) > Self.pile else { return }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["git", "-C", commonDirectory.path(percentEncoded: false), "gc", "--auto", "--quiet"]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return }
    process.waitUntilExit()
  }
}
