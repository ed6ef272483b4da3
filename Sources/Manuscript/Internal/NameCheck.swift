/// Holds the names that a document uses against those that it gives.
struct NameCheck {
  let cells: [Cell]
  let brokenLabels: Set<String>
  let roots: Set<String>
  let parameters: [String]

  func problems(values: [InlineValue], claims: [Claim], references: [CrossReference]) -> [Problem] {
    let paths = values.flatMap(\.expression.names) + claims.flatMap { $0.expect.flatMap(\.value.names) }
    return duplicates + paths.compactMap(problem(path:)) + references.compactMap(problem(reference:))
  }

  /// Labels that an earlier cell has, or that a root has.
  private var duplicates: [Problem] {
    var first: [String: SourceLocation] = [:]
    var problems: [Problem] = []
    for cell in cells {
      let label = cell.label
      if roots.contains(label.value) {
        problems.append(
          Problem(
            "the label “\(label.value)” is a name with a meaning of its own", at: label.location,
            help: "choose another; these are taken: \(roots.sorted().joined(separator: ", "))"))
      } else if let other = first[label.value] {
        problems.append(
          Problem(
            "the label “\(label.value)” is already in use", at: label.location, help: "see line \(other.line)"))
      } else {
        first[label.value] = label.location
      }
    }
    return problems
  }

  private func problem(path: Located<Path>) -> Problem? {
    let root = path.value.root
    if root == "params", roots.contains(root) { return problem(parameter: path) }
    guard !roots.contains(root), !brokenLabels.contains(root), !cells.contains(where: { $0.label.value == root }) else {
      return nil
    }
    let known = roots.union(cells.map(\.label.value))
    let problem = Problem.unknown(root, kind: "name", allowed: known, at: path.location)
    guard problem.help == nil, root.contains("-") else { return problem }
    return Problem(
      problem.message, at: path.location, expected: problem.expected, help: Path(root).subtractionHint)
  }

  private func problem(parameter path: Located<Path>) -> Problem? {
    guard case .name(let name) = path.value.steps.first else {
      return Problem("params is not a value", at: path.location, help: "name one, such as params.folds")
    }
    return parameters.contains(name)
      ? nil : Problem.unknown(name, kind: "parameter", allowed: parameters, at: path.location)
  }

  private func problem(reference: CrossReference) -> Problem? {
    guard !brokenLabels.contains(reference.label) else { return nil }
    let fitting = cells.filter { reference.kind == .cell || ($0.kind == "claim") == (reference.kind == .claim) }
    if fitting.contains(where: { $0.label.value == reference.label }) { return nil }
    if let cell = cells.first(where: { $0.label.value == reference.label }) {
      let right = cell.kind == "claim" ? "@claim-" : "@fig- or @tbl-"
      return Problem(
        "\(reference.source) refers to a {\(cell.kind)} cell", at: reference.location, help: "refer to it by \(right)")
    }
    return Problem.unknown(
      reference.label, kind: "label", in: "in \(reference.source)", allowed: fitting.map(\.label.value),
      at: reference.location)
  }
}
