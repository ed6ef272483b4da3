import Foundation
import Ledger
import Testing

@Suite struct SignatureTests {
  private func record(_ sample: Sample) throws -> String {
    let ledger = try sample.ledger()
    return try ledger.record(
      experiment: "a", files: ["x": bytes("1")], message: .init(subject: "a: größer, “signed”"),
      signer: ledger.repository.signer()
    ).commit.hex
  }

  @Test("A commit that is signed with ssh is one that git verifies.")
  func ssh() throws {
    let sample = try Sample()
    let key = sample.url.appending(path: "key").path
    _ = try Git.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], in: sample.url)
    let half = try String(contentsOfFile: key + ".pub", encoding: .utf8)
    try sample.folder.write("a@example.org \(half)", to: "signers")
    for (name, value) in [
      ("gpg.format", "ssh"), ("user.signingkey", key), ("user.name", "A"), ("user.email", "a@example.org"),
      ("gpg.ssh.allowedSignersFile", sample.url.path + "/signers"),
    ] { try sample.git("config", name, value) }
    let commit = try record(sample)
    try sample.git("verify-commit", commit)
    #expect(try sample.git("log", "-1", "--format=%G?", commit) == "G")
    #expect(try sample.isSound())
    #expect(try sample.ledger().history().first?.subject == "a: größer, “signed”")
  }

  @Test("A commit that is signed with gpg is one that git verifies.")
  func gpg() throws {
    let sample = try Sample()
    // The agent's socket must have a short path.
    let home = FileManager.default.temporaryDirectory.appending(path: "gpg-\(getpid())")
    try FileManager.default.createDirectory(
      at: home, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    defer {
      _ = try? Git.run(["gpgconf", "--homedir", home.path, "--kill", "all"], in: sample.url)
      try? FileManager.default.removeItem(at: home)
    }
    _ = try Git.run(
      [
        "gpg", "--homedir", home.path, "--batch", "--passphrase", "", "--quick-gen-key", "A <a@example.org>", "ed25519",
        "sign",
      ],
      in: sample.url)
    try sample.folder.write("#!/bin/sh\nexec gpg --homedir \(home.path) \"$@\"\n", to: "gpg.sh")
    _ = try Git.run(["chmod", "+x", "gpg.sh"], in: sample.url)
    for (name, value) in [
      ("gpg.program", sample.url.path + "/gpg.sh"), ("user.name", "A"), ("user.email", "a@example.org"),
    ] { try sample.git("config", name, value) }
    let commit = try record(sample)
    try sample.git("verify-commit", commit)
    #expect(["G", "U"].contains(try sample.git("log", "-1", "--format=%G?", commit)))
  }

  @Test("A key or program that is not there is an error that says what to set, and nothing is recorded.")
  func refused() throws {
    let sample = try Sample()
    try sample.git("config", "gpg.format", "ssh")
    #expect(throws: LedgerError.unsigned(program: "ssh-keygen", reason: "user.signingKey names no key")) {
      try record(sample)
    }
    try sample.git("config", "user.signingkey", sample.url.path + "/nowhere")
    #expect(throws: LedgerError.self) { try record(sample) }
    try sample.git("config", "gpg.format", "openpgp")
    try sample.git("config", "gpg.program", "/nonexistent/gpg")
    let error = #expect(throws: LedgerError.self) { try record(sample) }
    #expect(error?.description.contains("user.signingKey") == true)
    try sample.git("config", "gpg.format", "seal")
    #expect(throws: LedgerError.self) { try record(sample) }
    #expect(try sample.ledger().head() == nil)
  }
}
