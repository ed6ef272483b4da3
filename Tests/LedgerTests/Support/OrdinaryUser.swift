import Foundation

/// Runs something on a thread of its own whose file accesses are an ordinary user's, even when the tests run as root.
func asOrdinaryUser<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) throws -> Value {
  try onThreads(1) { _ in
    // Linux keeps the identity for file accesses for each thread; root gives up its right to write anywhere.
    typealias SetFileUser = @convention(c) (uid_t) -> CInt
    let symbol = dlsym(dlopen(nil, RTLD_NOW), "setfsuid")
    if geteuid() == 0, let symbol { _ = unsafeBitCast(symbol, to: SetFileUser.self)(65534) }
    return try body()
  }[0]
}

/// Runs something on `count` threads at once, more than the machine may have cores; results by thread.
func onThreads<Value: Sendable>(
  _ count: Int, _ body: @escaping @Sendable (Int) throws -> Value
) throws -> [Value] {
  let results = Results<Value>(count)
  let group = DispatchGroup()
  for index in 0..<count {
    group.enter()
    Thread.detachNewThread {
      results.set(index, Result { try body(index) })
      group.leave()
    }
  }
  group.wait()
  return try results.all()
}

private final class Results<Value: Sendable>: @unchecked Sendable {
  private let lock = NSLock()
  private var values: [Result<Value, any Error>?]

  init(_ count: Int) { values = Array(repeating: nil, count: count) }

  func set(_ index: Int, _ value: Result<Value, any Error>) { lock.withLock { values[index] = value } }

  func all() throws -> [Value] { try lock.withLock { try values.compactMap { try $0?.get() } } }
}
