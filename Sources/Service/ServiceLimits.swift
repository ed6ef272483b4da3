/// How much is done at a time, and how long for.
public struct ServiceLimits: Hashable, Sendable {
  /// Answers that are computed at a time.
  public var concurrent = 1
  /// Requests that wait for their turn at most.
  public var queue = 64
  /// Bytes of a request's body at most.
  public var request = 1 << 20
  /// How long an answer may take, waiting included.
  public var answer = Duration.seconds(300)
  /// How long running answers may go on once the service is stopped.
  public var grace = Duration.seconds(10)
  /// How long a request may take to come.
  package var reading = Duration.seconds(30)
  /// How long a connection may stay without a request.
  package var idle = Duration.seconds(120)
  /// How long a client may leave a piece of its answer unread.
  package var stall = Duration.seconds(10)
  /// Connections that are let in whatever the other limits say.
  package var roomForConnections = 256

  /// The standard limits.
  public init() {}

  /// Connections at most: one for each answer and each waiting request, and as many again that are idle.
  var connections: Int { max(roomForConnections, 2 * (concurrent + queue)) }
}
