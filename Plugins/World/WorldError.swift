/// Something that the world cannot write.
public enum WorldError: Error, CustomStringConvertible, Equatable {
  /// No request of a family has what was asked for.
  case nothingToDraw(family: Family, split: Split, harmful: Bool?, attempts: Int)
  /// No standard data set has this name.
  case unknownDataset(name: String, known: [String])
  /// Shares of a mixture that are negative or add up to nothing.
  case badMixture(what: String)

  /// What was expected, what was found, and what to do next.
  public var description: String {
    switch self {
    case .nothingToDraw(let family, let split, let harmful, let attempts):
      let side = harmful.map { $0 ? "harmful " : "harmless " } ?? ""
      return "expected to draw a \(side)\(family.rawValue) request of the split “\(split.rawValue)”, found none in "
        + "\(attempts) attempts; ask for a split that the family has (pairs are of doubles, scary words of the scary "
        + "family, lengths of chains)"
    case .unknownDataset(let name, let known):
      return "expected the name of a data set of this world, found “\(name)”; use one of: "
        + known.joined(separator: ", ")
    case .badMixture(let what):
      return "expected shares of a mixture that are at least 0 and not all 0, found \(what); correct the mixture"
    }
  }
}
