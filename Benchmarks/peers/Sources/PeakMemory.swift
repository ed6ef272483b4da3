import Foundation

/// The largest resident size of this process so far, in KiB, as Linux counts it; 0 where it does not say.
var peakKib: Int {
  let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
  let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
  return line?.split(separator: " ").lazy.compactMap { Int($0) }.first ?? 0
}
