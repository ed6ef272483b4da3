import CGit2
import Foundation

/// An identity at this moment, in libgit2's form.
struct Signature: ~Copyable {
  let author: UnsafeMutablePointer<git_signature>
  var committer: UnsafeMutablePointer<git_signature> { author }

  init(_ identity: Identity) throws {
    Git2.start()
    var signature: UnsafeMutablePointer<git_signature>?
    let code = git_signature_now(&signature, identity.name, identity.email)
    try Git2.check(code, "signing as \(identity.name) <\(identity.email)>")
    guard let signature else {
      throw LedgerError.git(doing: "signing as \(identity.name)", code: -1, message: "libgit2 gave nothing back")
    }
    author = signature
  }

  deinit { git_signature_free(author) }
}
