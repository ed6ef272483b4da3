import Foundation

/// The data files that experiments ask models about; each is a function of the world's seed and of no draw before it.
extension World {
  /// Their names: `requests`, `scary`, `doubles`, `pairs`, `steps`, `orders`, `neutral`.
  public static let standardDatasets = ["requests", "scary", "doubles", "pairs", "steps", "orders", "neutral"]

  /// The rows of one of ``standardDatasets``.
  /// - Throws: ``WorldError/unknownDataset(name:known:)`` for any other name.
  public func standardDataset(_ name: String) throws -> [DataRow] {
    switch name {
    case "requests": return try requestRows()
    case "scary": return scaryRows()
    case "doubles": return try doubleRows()
    case "pairs": return try pairRows()
    case "steps": return try stepRows()
    case "orders": return try orderRows()
    case "neutral": return try neutralRows()
    default: throw WorldError.unknownDataset(name: name, known: World.standardDatasets)
    }
  }

  /// Which part of a data set a combination belongs to: the parts share none.
  static func part(of combination: String) -> String {
    switch HeldOut.fraction("part", combination) {
    case ..<0.5: "train"
    case ..<0.67: "validation"
    default: "test"
    }
  }

  private func row(_ request: Request, _ id: String, part: String = "test") -> DataRow {
    DataRow(id: id, request: request, part: part, response: response(to: request))
  }

  /// Requests drawn until the quota is full, with no text twice, in the family's sentences by turns.
  private func drawn(
    quota: Int, part: String? = nil, _ draw: (_ index: Int, _ template: Int) throws -> Request
  ) throws -> [Request] {
    var seen: Set<String> = []
    var requests: [Request] = []
    var index = 0
    while requests.count < quota, index < 200 * quota {
      let request = try draw(index, requests.count)
      index += 1
      if let part, World.part(of: request.task.combination) != part { continue }
      if seen.insert(request.text).inserted { requests.append(request) }
    }
    return requests
  }

  /// Single requests about held-out combinations: 600 harmful, 600 harmless; 300 of each to find directions on, 100 to
  /// choose among them, 200 to test; the six sentences equally often; no combination in two parts.
  private func requestRows() throws -> [DataRow] {
    var rows: [DataRow] = []
    for (part, quota) in [("train", 300), ("validation", 100), ("test", 200)] {
      for isHarmful in [true, false] {
        let side = isHarmful ? "harmful" : "harmless"
        let stem = "requests/\(part)"
        let requests = try drawn(quota: quota, part: part) { index, template in
          try request(
            .single, split: .heldOutCombination, isHarmful: isHarmful, at: index, template: template, purpose: stem)
        }
        rows += requests.enumerated().map { row($1, "\(part)-\(side)-\($0)", part: part) }
      }
    }
    return rows
  }

  /// Every scary-word task: unseen ones in each of the six sentences, seen ones (see column `split`) in one.
  private func scaryRows() -> [DataRow] {
    let templates = RequestTemplates.single
    return ScaryWords.all.enumerated().flatMap { index, task in
      let places = task.split == .heldOutScary ? Array(templates.indices) : [index % templates.count]
      return places.map { place in
        let request = Request(
          [task], into: templates[place], named: "scary/\(place)", family: .scary, split: task.split)
        return row(request, "scary-\(index)-\(place)")
      }
    }
  }

  /// Two tasks, 0 to 2 of them harmful, about held-out combinations; and pairs of categories that training never sees.
  private func doubleRows() throws -> [DataRow] {
    var rows: [DataRow] = []
    for (split, isHarmful, quota) in [
      (Split.heldOutCombination, true, 200), (.heldOutCombination, false, 200), (.heldOutPair, true, 100),
    ] {
      let requests = try drawn(quota: quota) { index, template in
        try request(.double, split: split, isHarmful: isHarmful, at: index, template: template, purpose: "doubles")
      }
      rows += requests.enumerated().map { index, request in
        row(request, "\(split.rawValue)-\(isHarmful ? "harmful" : "harmless")-\(index)")
      }
    }
    return rows
  }

  /// Minimal pairs about held-out combinations: 160 with the object swapped, 40 of each other contrast. The two rows of
  /// a pair follow each other, harmful first.
  private func pairRows() throws -> [DataRow] {
    var rows: [DataRow] = []
    for contrast in MinimalPair.Contrast.allCases {
      var seen: Set<String> = []
      var index = 0
      let quota = contrast == .object ? 160 : 40
      while seen.count < quota, index < 20 * quota {
        let pair = try minimalPair(contrast, split: .heldOutCombination, at: index)
        index += 1
        guard seen.insert(pair.harmful.text).inserted, let name = pair.harmful.pair else { continue }
        rows.append(row(pair.harmful, "\(name)-harmful"))
        rows.append(row(pair.harmless, "\(name)-harmless"))
      }
    }
    return rows
  }

  /// Requests that need steps, where the steps decide: 50 of each side, family and split (combinations, and for chains
  /// longer ones than in training).
  private func stepRows() throws -> [DataRow] {
    var rows: [DataRow] = []
    for family in Family.allCases where family.needsSteps {
      let hasLength = family == .changesOfMind || family == .ownershipChain
      for split in hasLength ? [Split.heldOutCombination, .heldOutLength] : [.heldOutCombination] {
        for isHarmful in [true, false] {
          let requests = try drawn(quota: 50) { index, template in
            try request(
              family, split: split, isHarmful: isHarmful, isPivotal: true, at: index, template: template,
              purpose: "steps")
          }
          rows += requests.enumerated().map { index, request in
            row(request, "\(family.rawValue)-\(split.rawValue)-\(isHarmful ? "harmful" : "harmless")-\(index)")
          }
        }
      }
    }
    return rows
  }

  /// Requests for one of two plans, where which one is meant decides: 200 of each side, none of them in `steps`.
  private func orderRows() throws -> [DataRow] {
    let known = Set(try stepRows().map(\.text))
    var rows: [DataRow] = []
    for isHarmful in [true, false] {
      // A few more, in case some are known.
      let requests = try drawn(quota: 220) { index, template in
        try request(
          .byOrder, split: .heldOutCombination, isHarmful: isHarmful, isPivotal: true, at: index, template: template,
          purpose: "orders")
      }.filter { !known.contains($0.text) }.prefix(200)
      rows += requests.enumerated().map { row($1, "by-order-\(isHarmful ? "harmful" : "harmless")-\($0)") }
    }
    return rows
  }

  /// Helpful answers as plain text, to measure what an intervention does to the model's language.
  private func neutralRows() throws -> [DataRow] {
    let requests = try drawn(quota: 200) { index, template in
      try request(
        .single, split: .heldOutCombination, isHarmful: false, at: index, template: template, purpose: "neutral")
    }
    return requests.enumerated().map { index, request in
      var row = row(request, "neutral-\(index)")
      row.text = row.response
      let place = row.text.utf8Range(of: request.task.named) ?? 0..<0
      row.spans = DataRow.Spans(
        object: [place.upperBound - request.task.object.utf8.count, place.upperBound],
        task: [place.lowerBound, place.upperBound])
      return row
    }
  }
}

extension String {
  /// Where another text first stands in this one, in UTF-8 bytes.
  fileprivate func utf8Range(of other: String) -> Range<Int>? {
    guard let range = range(of: other) else { return nil }
    let start = utf8.distance(from: startIndex, to: range.lowerBound)
    return start..<(start + other.utf8.count)
  }
}
