import Foundation

/// Signs commits as `git commit -S` does, by git's own configuration: `gpg.format`, `user.signingKey`, `gpg.program`.
public struct Signer: Hashable, Sendable {
  /// How a signature is made.
  public enum Format: String, Sendable {
    case openpgp, ssh, x509
  }

  /// `gpg.format`.
  public let format: Format
  /// The program that signs: `gpg`, `ssh-keygen` or `gpgsm`, or what the configuration names instead.
  public let program: String
  /// The key as the program is to be told it.
  public let key: String

  /// The text of a signature over a commit's content.
  ///
  /// - Throws: ``LedgerError/unsigned(program:reason:)`` if the program cannot be run, or refuses.
  func signature(of content: String) throws -> String {
    // A folder that nobody else may enter; the program reads files, since one that ends early would break a pipe.
    let folder = FileManager.default.temporaryDirectory.appending(path: "palimpsest-sign-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "commit")
    try Data(content.utf8).write(to: file)
    switch format {
    case .ssh:
      var arguments = ["-Y", "sign", "-n", "git"]
      if let literal = Self.literal(key) {
        // A key that only an agent holds is named by its public half.
        let half = folder.appending(path: "key.pub")
        try Data((literal + "\n").utf8).write(to: half)
        arguments += ["-f", half.path, "-U"]
      } else {
        arguments += ["-f", Self.expanded(key)]
      }
      try run(arguments + [file.path], input: nil, in: folder)
      let signature = try? String(contentsOf: file.appendingPathExtension("sig"), encoding: .utf8)
      guard let signature else { throw LedgerError.unsigned(program: program, reason: "it wrote no signature") }
      return signature.replacing("\r\n", with: "\n")
    case .openpgp, .x509:
      let signature = try run(["--status-fd=2", "-bsau", key], input: file, in: folder)
      guard signature.contains("-----BEGIN") else {
        throw LedgerError.unsigned(program: program, reason: "it wrote no signature")
      }
      return signature.replacing("\r\n", with: "\n")
    }
  }

  private static func literal(_ key: String) -> String? {
    if key.hasPrefix("key::") { return String(key.dropFirst(5)) }
    return key.hasPrefix("ssh-") ? key : nil
  }

  private static func expanded(_ path: String) -> String { NSString(string: path).expandingTildeInPath }

  @discardableResult
  private func run(_ arguments: [String], input: URL?, in folder: URL) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.standardInput = try input.map { try FileHandle(forReadingFrom: $0) } ?? FileHandle.nullDevice
    let said = folder.appending(path: "said")
    try Data().write(to: said)
    process.standardError = try FileHandle(forWritingTo: said)
    let output = Pipe()
    process.standardOutput = output
    do {
      try process.run()
    } catch {
      throw LedgerError.unsigned(program: program, reason: error.localizedDescription)
    }
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let lines = ((try? String(contentsOf: said, encoding: .utf8)) ?? "").split(whereSeparator: \.isNewline)
      let words = lines.filter { !$0.hasPrefix("[GNUPG:]") }.joined(separator: "; ")
      throw LedgerError.unsigned(program: program, reason: words.isEmpty ? "it failed without a word" : words)
    }
    return text
  }
}

extension Repository {
  /// Who signs commits here, by git's configuration.
  ///
  /// - Throws: ``LedgerError/unsigned(program:reason:)`` if `gpg.format` is none that is known, or `ssh` without a key.
  public func signer() throws -> Signer {
    let name = try setting("gpg.format") ?? "openpgp"
    guard let format = Signer.Format(rawValue: name) else {
      throw LedgerError.unsigned(
        program: "“gpg.format = \(name)”", reason: "expected openpgp, ssh or x509")
    }
    let usual = [Signer.Format.openpgp: "gpg", .ssh: "ssh-keygen", .x509: "gpgsm"][format] ?? "gpg"
    let old = format == .openpgp ? try setting("gpg.program") : nil
    let identity = try identity()
    let key = try setting("user.signingkey")
    if format == .ssh, key == nil {
      throw LedgerError.unsigned(program: usual, reason: "user.signingKey names no key")
    }
    return Signer(
      format: format, program: try setting("gpg.\(name).program") ?? old ?? usual,
      key: key ?? "\(identity.name) <\(identity.email)>")
  }
}
