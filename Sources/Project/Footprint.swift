import Foundation
import Tensor

/// How files look from outside: names, sizes, times and inode numbers, as git's index keeps them.
///
/// Files of equal footprints are taken to hold the same bytes, so that what was read once need not be read again.
struct Footprint {
  /// What all of them look like together.
  let digest: Digest
  /// When the one that changed last did, in seconds since 1970; infinite if not all can be seen.
  let youngest: Double

  /// Links are followed: what a file or a folder that stands elsewhere looks like counts as well.
  /// - Parameter places: files, and folders with everything below them; one that is absent counts as such.
  init(of places: [URL]) {
    var walk = Walk()
    for place in places { walk.look(at: place.path) }
    digest = Digest(of: walk.lines.joined(separator: "\n"))
    youngest = walk.youngest
  }

  /// A line for each file and folder that was looked at.
  private struct Walk {
    var lines: [String] = []
    var youngest = 0.0
    /// The folders that were entered: links may lead to one twice, or back to where they stand.
    private var entered: Set<Folder> = []

    private struct Folder: Hashable {
      let device: dev_t
      let inode: ino_t
    }

    mutating func look(at path: String) {
      var status = stat()
      guard stat(path, &status) == 0 else {
        lines.append("\(path): absent")
        return
      }
      let (changed, renamed) = (Self.seconds(status.modified), Self.seconds(status.changed))
      lines.append(
        "\(path): \(status.st_ino) \(status.st_size) \(status.modified.tv_sec) \(status.modified.tv_nsec) "
          + "\(status.changed.tv_sec) \(status.changed.tv_nsec)")
      youngest = max(youngest, changed, renamed)
      guard status.st_mode & S_IFMT == S_IFDIR,
        entered.insert(Folder(device: status.st_dev, inode: status.st_ino)).inserted
      else { return }
      guard let below = try? FileManager.default.contentsOfDirectory(atPath: path) else {
        // Files may be read by name, and change, in a folder that may not be listed.
        youngest = .infinity
        return
      }
      for name in below.sorted() { look(at: "\(path)/\(name)") }
    }

    private static func seconds(_ time: timespec) -> Double { Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9 }
  }

  /// The program that is running: another build may give other results.
  static var program: Footprint { Footprint(of: [Bundle.main.executableURL].compactMap { $0 }) }
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
