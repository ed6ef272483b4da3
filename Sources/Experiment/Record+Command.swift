extension Record {
  /// What a shell runs to have the record again: `palimpsest run experiments/x.md --set seed=7`.
  public var command: String {
    let set = inputs.overrides.sorted { $0.key < $1.key }.map { " --set \(Self.quoted("\($0.key)=\($0.value)"))" }
    return "palimpsest run \(Self.quoted("experiments/\(experiment).md"))" + set.joined()
  }

  /// A word as a shell reads it back.
  private static func quoted(_ word: String) -> String {
    let isPlain = word.unicodeScalars.allSatisfy {
      $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || "._-/=:,".unicodeScalars.contains($0))
    }
    return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}
