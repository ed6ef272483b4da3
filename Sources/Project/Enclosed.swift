import Foundation

/// A folder to write into, and the folder around it that no path may lead out of.
struct Enclosed {
  let url: URL
  private let enclosure: URL

  /// - Parameter enclosure: the folder itself if `nil`.
  init(_ url: URL, in enclosure: URL? = nil) {
    self.url = url.standardizedFileURL
    self.enclosure = (enclosure ?? url).standardizedFileURL
  }

  /// Where a path from the folder leads, ready to be written: what is a symbolic link there is taken away.
  ///
  /// `nil` if it leads out of the enclosure, by itself or by way of a link.
  func place(of path: String) -> URL? {
    let place = url.appending(path: path).standardizedFileURL
    let (outer, parts) = (enclosure.pathComponents, place.pathComponents)
    guard parts.count > outer.count, parts.starts(with: outer) else { return nil }
    var walked = enclosure
    for part in parts[outer.count...].dropLast() {
      walked.append(path: part)
      if Self.isLink(walked) { return nil }
    }
    if Self.isLink(place) { try? FileManager.default.removeItem(at: place) }
    return Self.isLink(place) ? nil : place
  }

  private static func isLink(_ url: URL) -> Bool {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: url.path)) != nil
  }
}
