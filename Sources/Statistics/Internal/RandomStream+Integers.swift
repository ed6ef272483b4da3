import Tensor

extension RandomStream {
  /// Integers below `bound`, four to a block: word * bound / 2^32, whose bias is below bound / 2^32.
  func integers(count: Int, below bound: Int) -> [Int] {
    var drawn: [Int] = []
    drawn.reserveCapacity(count + 3)
    var index: UInt64 = 0
    while drawn.count < count {
      let words = block(at: index)
      for lane in 0..<4 { drawn.append(Int((UInt64(words[lane]) * UInt64(bound)) >> 32)) }
      index += 1
    }
    drawn.removeLast(drawn.count - count)
    return drawn
  }

  /// 0..<count in random order (Fisher and Yates; Durstenfeld 1964). Written out, so that the order is ours and not
  /// that of a standard library's version.
  func permutation(of count: Int) -> [Int] {
    var order = Array(0..<count)
    guard count > 1 else { return order }
    for (step, last) in (1..<count).reversed().enumerated() {
      let other = Int(bits(at: UInt64(step)).multipliedFullWidth(by: UInt64(last + 1)).high)
      order.swapAt(last, other)
    }
    return order
  }
}
