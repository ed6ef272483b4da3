import Foundation

/// A host and perhaps a port, as `Host` and addresses name them (RFC 3986, 3.2).
struct Authority: Sendable {
  /// `localhost`, `127.0.0.1`, `[::1]` …
  let host: String

  /// - Parameter text: `localhost:8080`; `nil` is given for what is no host with or without a port.
  init?(_ text: some StringProtocol) {
    let end = text.hasPrefix("[") ? text.firstIndex(of: "]").map(text.index(after:)) : text.firstIndex(of: ":")
    let port = text[(end ?? text.endIndex)...]
    host = text[..<(end ?? text.endIndex)].lowercased()
    guard !host.isEmpty, port.isEmpty || port.hasPrefix(":"), port.dropFirst().utf8.allSatisfy(\.isDigit) else {
      return nil
    }
  }

  /// The host of an origin, such as `http://localhost:3000`.
  init?(origin: String) {
    let parts = origin.components(separatedBy: "://")
    guard parts.count == 2 else { return nil }
    self.init(parts[1])
  }

  /// Whether it names this machine whoever is asked: a name that is looked up can be somebody's who says that it is.
  var isLoopback: Bool {
    if ["localhost", "[::1]"].contains(host) { return true }
    let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
    return numbers.count == 4 && numbers[0] == "127"
      && numbers.allSatisfy { $0.utf8.allSatisfy(\.isDigit) && UInt8($0) != nil }
  }
}
