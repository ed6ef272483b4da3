import FlyingSocks
import Foundation

/// Where a service listens.
public struct ServiceAddress: Hashable, Sendable, CustomStringConvertible {
  /// An address in numbers.
  public let host: String
  /// The port; 0 for any that is free.
  public let port: Int

  private var isOfVersion6: Bool { host.contains(":") }

  /// - Parameters:
  ///   - host: IPv4 or IPv6 in numbers, or `localhost`.
  ///   - port: 0 to 65535.
  /// - Throws: ``ServiceError`` if they are none.
  public init(host: String, port: Int) throws {
    guard UInt16(exactly: port) != nil else { throw ServiceError.port(port) }
    (self.host, self.port) = (host == "localhost" ? "127.0.0.1" : host, port)
    do { _ = try listeningAddress } catch { throw ServiceError.host(host) }
  }

  /// `http://127.0.0.1:8080`
  public var description: String { "http://\(isOfVersion6 ? "[\(host)]" : host):\(port)" }

  /// Whether only this machine reaches it.
  public var isLoopback: Bool { isOfVersion6 ? host == "::1" : host.hasPrefix("127.") }

  /// A socket that listens here.
  ///
  /// - Throws: ``ServiceError`` if that cannot be.
  func listen() throws -> (socket: Socket, bound: ServiceAddress) {
    do {
      let address = try listeningAddress
      let socket = try Socket(domain: Int32(address.family))
      do {
        try socket.setValue(true, for: .localAddressReuse)
        try socket.bind(to: address)
        try socket.listen()
        try socket.setFlags(.nonBlocking)
        switch try socket.sockname() {
        case .ip4(_, let port), .ip6(_, let port): return (socket, try ServiceAddress(host: host, port: Int(port)))
        case .unix: throw SocketError.unsupportedAddress
        }
      } catch {
        try? socket.close()
        throw error
      }
    } catch SocketError.failed(_, EADDRINUSE, _) {
      throw ServiceError.inUse(address: description)
    } catch SocketError.failed(_, _, let message) {
      throw ServiceError.refused(address: description, reason: message)
    }
  }

  private var listeningAddress: any SocketAddress {
    get throws {
      let port = UInt16(clamping: port)
      return isOfVersion6
        ? try sockaddr_in6.inet6(ip6: host, port: port) as any SocketAddress
        : try sockaddr_in.inet(ip4: host, port: port)
    }
  }
}
