import ArgumentParser

/// `palimpsest cells`
struct Cells: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the reference of every kind of cell, as Markdown.",
    discussion: """
      EXAMPLES
        palimpsest cells | less
      """)

  func run() {
    print(Palimpsest.registry.documentation, terminator: "")
  }
}
