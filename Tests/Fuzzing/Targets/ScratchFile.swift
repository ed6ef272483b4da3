import Foundation

/// A file of some bytes, in memory where the system has such a place, that is gone with its owner.
struct ScratchFile: ~Copyable {
  let path: String

  private static let directory =
    FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()

  /// A path where nothing is yet.
  init() { path = "\(Self.directory)/palimpsest-fuzz-\(UUID().uuidString)" }

  init(_ bytes: UnsafeRawBufferPointer) throws {
    self.init()
    guard let file = fopen(path, "w") else { throw Violation("cannot open \(path)") }
    let written = bytes.isEmpty ? 0 : fwrite(bytes.baseAddress, 1, bytes.count, file)
    guard fclose(file) == 0, written == bytes.count else { throw Violation("cannot write \(path)") }
  }

  deinit { unlink(path) }
}
