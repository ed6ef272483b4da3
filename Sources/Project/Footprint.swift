import Foundation
import Tensor

/// How files look from outside: names, sizes, times and inode numbers, as git's index keeps them.
///
/// Files of equal footprints are taken to hold the same bytes, so that what was read once need not be read again.
struct Footprint {
  /// What all of them look like together.
  let digest: Digest
  /// When the one that changed last did, in seconds since 1970.
  let youngest: Double

  /// - Parameter places: files, and folders with everything below them; one that is absent counts as such.
  init(of places: [URL]) {
    var lines: [String] = []
    var youngest = 0.0
    for place in places {
      let below = FileManager.default.enumerator(atPath: place.path)?.compactMap { $0 as? String } ?? []
      for path in [place.path] + below.sorted().map({ "\(place.path)/\($0)" }) {
        var status = stat()
        guard stat(path, &status) == 0 else {
          lines.append("\(path): absent")
          continue
        }
        let (changed, renamed) = (Self.seconds(status.modified), Self.seconds(status.changed))
        lines.append(
          "\(path): \(status.st_ino) \(status.st_size) \(status.modified.tv_sec) \(status.modified.tv_nsec) "
            + "\(status.changed.tv_sec) \(status.changed.tv_nsec)")
        youngest = max(youngest, changed, renamed)
      }
    }
    digest = Digest(of: lines.joined(separator: "\n"))
    self.youngest = youngest
  }

  /// The program that is running: another build may give other results.
  static var program: Footprint { Footprint(of: [Bundle.main.executableURL].compactMap { $0 }) }

  private static func seconds(_ time: timespec) -> Double { Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9 }
}

extension stat {
  /// When the bytes last changed.
  fileprivate var modified: timespec {
    #if canImport(Darwin)
      st_mtimespec
    #else
      st_mtim
    #endif
  }

  /// When anything about the file last changed, its times among them.
  fileprivate var changed: timespec {
    #if canImport(Darwin)
      st_ctimespec
    #else
      st_ctim
    #endif
  }
}
