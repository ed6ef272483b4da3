import CGit2

extension git_oid {
  /// 40 lower-case hexadecimal digits.
  var hex: String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 41) { digits in
      withUnsafePointer(to: self) { _ = git_oid_tostr(digits.baseAddress, 41, $0) }
      return digits.baseAddress.map { String(cString: $0) } ?? ""
    }
  }

  /// Reads 40 hexadecimal digits; `nil` for anything else.
  init?(hex: String) {
    self.init()
    guard hex.utf8.count == 40, git_oid_fromstr(&self, hex) == 0 else { return nil }
  }

  static func same(_ a: git_oid?, _ b: git_oid?) -> Bool {
    switch (a, b) {
    case (nil, nil): true
    case (let a?, let b?): withUnsafePointer(to: a) { a in withUnsafePointer(to: b) { git_oid_cmp(a, $0) == 0 } }
    default: false
    }
  }
}

extension CommitID {
  init(_ id: git_oid) { self.init(trusted: id.hex) }

  /// libgit2's form of this name.
  var oid: git_oid {
    get throws {
      guard let id = git_oid(hex: hex) else { throw LedgerError.unknownRevision(revision: hex, path: "any repository") }
      return id
    }
  }
}
