import Foundation
import Tensor
import Testing

@Suite struct AtomicFileTests {
  @Test("A file is replaced as a whole; missing folders are made, and its permissions stay.")
  func replace() throws {
    let scratch = try Scratch()
    let file = scratch.url.appending(path: "a/b/file")
    try AtomicFile.write(Data([1]), to: file)
    #expect(try Data(contentsOf: file) == Data([1]))
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file.path)
    try AtomicFile.write(Data(), to: file)
    #expect(try Data(contentsOf: file) == Data())
    let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
    #expect(mode == 0o640)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.url.path + "/a/b") == ["file"])
  }

  @Test("A symbolic link keeps pointing to the file, and the longest names work.")
  func links() throws {
    let scratch = try Scratch()
    let name = String(repeating: "n", count: 255)
    let file = scratch.url.appending(path: name)
    try AtomicFile.write(Data([1]), to: file)
    let link = scratch.url.appending(path: "link")
    try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: name)
    try AtomicFile.write(Data([2]), to: link)
    #expect(try Data(contentsOf: file) == Data([2]))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == name)
  }

  @Test("A refused write names the file and the reason, leaves nothing behind and keeps what was there.")
  func refused() throws {
    let scratch = try Scratch()
    let file = scratch.url.appending(path: "kept")
    try AtomicFile.write(Data([1, 2, 3]), to: file)
    let below = file.appending(path: "below/file")
    #expect(throws: FileError(action: "make the folder", path: below.deletingLastPathComponent().path, errno: ENOTDIR))
    {
      try AtomicFile.write(Data([1]), to: below)
    }
    let folder = scratch.url.appending(path: "folder")
    try AtomicFile.makeFolder(folder)
    #expect(throws: FileError(action: "replace", path: folder.path, errno: EISDIR)) {
      try AtomicFile.write(Data([1]), to: folder)
    }
    #expect(throws: FileError(action: "append", path: file.path, errno: ENOSPC)) {
      try AtomicFile.write(to: file) { (sink) throws(FileError) in
        try sink.append(contentsOf: [UInt8](repeating: 9, count: 100))
        throw FileError(action: "append", path: file.path, errno: ENOSPC)
      }
    }
    #expect(try Data(contentsOf: file) == Data([1, 2, 3]))
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.url.path).sorted() == ["folder", "kept"])
  }

  @Test("An error says what to do about a full disk and about a place that may not be written.")
  func advice() {
    #expect(
      FileError(action: "write", path: "x", errno: ENOSPC).description
        == "cannot write x: No space left on device; free some space and run again")
    #expect(FileError(action: "write", path: "x", errno: EROFS).description.contains("change its permissions"))
    #expect(
      FileError(action: "open", path: "x", errno: ENOENT).description == "cannot open x: No such file or directory")
  }
}
