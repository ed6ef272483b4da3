import Foundation
import Ledger
import Testing

@Suite struct AtomicFileTests {
  @Test("A file is replaced as a whole; missing folders are made, and its permissions stay.")
  func replace() throws {
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "a/b/file")
    try AtomicFile.write(bytes("one"), to: file)
    #expect(try Data(contentsOf: file) == bytes("one"))
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file.path)
    try AtomicFile.write(Data(), to: file)
    #expect(try Data(contentsOf: file) == Data())
    let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
    #expect(mode == 0o640)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path + "/a/b") == ["file"])
  }

  @Test("A symbolic link keeps pointing to the file, and the longest names work.")
  func links() throws {
    let folder = try TemporaryFolder()
    let name = String(repeating: "n", count: 255)
    let file = folder.url.appending(path: name)
    try AtomicFile.write(bytes("one"), to: file)
    let link = folder.url.appending(path: "link")
    try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: name)
    try AtomicFile.write(bytes("two"), to: link)
    #expect(try Data(contentsOf: file) == bytes("two"))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == name)
  }

  @Test("A refused write names the file and the reason, and leaves the old bytes alone.")
  func refused() throws {
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "file")
    try AtomicFile.write(bytes("old"), to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.url.path)
    defer { try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.url.path) }
    let error = #expect(throws: FileFailure.self) {
      try asOrdinaryUser { try AtomicFile.write(bytes("new"), to: file) }
    }
    #expect(error?.isReadOnly == true)
    #expect(error?.description.contains(folder.url.path) == true)
    #expect(try Data(contentsOf: file) == bytes("old"))
    let below = #expect(throws: FileFailure.self) {
      try AtomicFile.write(bytes("new"), to: file.appending(path: "below"))
    }
    #expect(below?.code == ENOTDIR)
  }
}
