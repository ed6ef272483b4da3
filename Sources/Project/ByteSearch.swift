import Foundation

extension UnsafeBufferPointer<UInt8> {
  /// Where some bytes first stand; `nil` if they do not, or are none. Foundation's search takes a nanosecond and more for
  /// each byte, which a history of many records feels.
  package func place(of mark: some Collection<UInt8>) -> Int? {
    let mark = Array(mark)
    guard let start = baseAddress, let first = mark.first else { return nil }
    var place = 0
    while count - place >= mark.count, let found = memchr(start + place, Int32(first), count - mark.count - place + 1) {
      place = UnsafeRawPointer(found) - UnsafeRawPointer(start)
      if memcmp(found, mark, mark.count) == 0 { return place }
      place += 1
    }
    return nil
  }
}
