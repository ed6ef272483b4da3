/// Where each experiment's pages stand below the report's folder, and how they reach each other.
struct PagePaths {
  /// The places of one experiment's files.
  struct Place {
    /// `harmfulness.html`
    let page: String
    /// `harmfulness-history.html`
    let history: String
    /// `data/harmfulness/`
    let data: String
    /// From a page to the report's folder: `../` for each folder that the page lies in.
    let root: String
  }

  private let places: [String: Place]

  /// - Throws: `SiteError.badName` if a name is no plain relative path.
  init(_ names: [String]) throws {
    var taken: Set = ["index"]
    var places: [String: Place] = [:]
    for name in names where places[name] == nil {
      let parts = name.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") && !$0.contains("\0") }) else {
        throw SiteError.badName(name)
      }
      // `index` would hide the list of experiments, and `a-history` the history of `a`.
      var stem = name
      while taken.contains(stem) || taken.contains("\(stem)-history") { stem += "-" }
      taken.formUnion([stem, "\(stem)-history"])
      places[name] = Place(
        page: "\(stem).html", history: "\(stem)-history.html", data: "data/\(stem)/",
        root: String(repeating: "../", count: parts.count - 1))
    }
    self.places = places
  }

  subscript(name: String) -> Place? { places[name] }
}
