import Statistics

/// How well the direction of one category tells prompts of another from harmless ones.
struct CategoryTransfer {
  /// AUROC of each direction on its own category: the mean over categories.
  let within: Estimate
  /// On every other one: the mean over ordered pairs.
  let across: Estimate

  /// - Parameters:
  ///   - directions: found on other prompts.
  ///   - rows: what the same hook has in these.
  init(
    _ directions: CategoryDirections, rows: [[Float]], of test: CategoryPrompts, _ resamples: Resamples
  ) throws {
    let members = directions.names.map(test.only)
    // Prompts by direction, so that each is projected once.
    let scores = directions.vectors.map { vector in
      rows.map { row in zip(row, vector).reduce(0.0) { $0 + Double($1.0) * Double($1.1) } }
    }
    var (own, other): ([(Ranking, [Int])], [(Ranking, [Int])]) = ([], [])
    for trained in directions.names.indices {
      for tested in directions.names.indices {
        let chosen = members[tested] + test.harmless
        let ranking = try Ranking(
          scores: chosen.map { scores[trained][$0] },
          labels: chosen.indices.map { $0 < members[tested].count })
        if trained == tested { own.append((ranking, chosen)) } else { other.append((ranking, chosen)) }
      }
    }
    func mean(_ rankings: [(Ranking, [Int])], _ counts: [Int32]) -> Double? {
      let areas = rankings.compactMap { ranking, chosen in ranking.auroc(counts: chosen.map { counts[$0] }) }
      return areas.count == rankings.count ? Mean.of(areas) : nil
    }
    within = try resamples.percentile { mean(own, $0) }
    across = try resamples.percentile { mean(other, $0) }
  }
}
