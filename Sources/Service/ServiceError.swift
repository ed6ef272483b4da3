/// What can be wrong with where and for whom a service is to run.
public enum ServiceError: Error, Hashable, Sendable, CustomStringConvertible {
  case host(String)
  case port(Int)
  case inUse(address: String)
  case refused(address: String, reason: String)
  case tokenNeeded(address: String)
  case token(String)

  /// What was found, what was expected, and what to do.
  public var description: String {
    switch self {
    case .host(let host):
      "“--host \(host)” is no address; expected such as 127.0.0.1, ::1, localhost, or 0.0.0.0 for all of this machine's"
    case .port(let port): "“--port \(port)” is no port; expected 1 to 65535, or 0 for any that is free"
    case .inUse(let address):
      "\(address) is in use by another program; choose another with --port, or 0 for any that is free"
    case .refused(let address, let reason):
      "\(address) cannot be listened at: \(reason); choose another --host or --port"
    case .tokenNeeded(let address):
      "\(address) can be reached from other machines, so that clients must show a token; put one into a file and give "
        + "--token-file FILE, or set PALIMPSEST_TOKEN, or stay with --host 127.0.0.1"
    case .token(let what): "the token cannot be used: \(what); expected one line of letters, digits and signs"
    }
  }
}
