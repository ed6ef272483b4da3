import Manuscript

/// A document whose cells have been read: what runs.
public struct Experiment: Sendable {
  /// The document's path below `experiments/`, without the extension.
  public let name: String
  /// The document as it was read.
  public let document: Document
  /// What the command line set in place of the document's values.
  public let overrides: [String: String]
  /// The cells that run, in an order in which each comes after those that it needs.
  public let cells: [PreparedCell]

  /// Names that claims and inline values may use beside the labels of cells.
  public static let roots = ["model"]

  /// Reads a document.
  ///
  /// - Parameters:
  ///   - name: see ``name``.
  ///   - source: the Markdown text.
  ///   - file: its path, for messages.
  ///   - overrides: values in place of the document's, by name (`folds`, `model`, `seed` ...).
  ///   - registry: the kinds of cells that are known.
  /// - Throws: `Problems` with everything that is wrong with the document.
  public init(
    name: String, source: String, file: String, overrides: [String: String], registry: Registry
  ) throws(Problems) {
    self.name = name
    self.overrides = overrides
    document = try Document.parse(source: source, file: file, overrides: overrides, roots: Set(Self.roots))

    declarations = Declarations(of: document, overrides: overrides.keys)
    var problems = declarations.problems
    var prepared: [String: PreparedCell] = [:]
    let runnable = document.cells.filter { $0.kind != "claim" && Declarations.keys[$0.kind] == nil }
    for cell in runnable {
      do {
        prepared[cell.label.value] = try registry.prepare(cell)
      } catch {
        problems += error.list
      }
    }

    var graph = DependencyGraph(nodes: runnable.map(\.label.value))
    let writers = Dictionary(prepared.values.compactMap { cell in cell.writes.map { ($0, cell.cell.label.value) } }) {
      first, _ in first
    }
    for cell in runnable {
      guard let current = prepared[cell.label.value] else { continue }
      for reference in current.references {
        if runnable.contains(where: { $0.label.value == reference.label }) {
          graph.add(cell.label.value, needs: reference.label)
        } else {
          problems.append(
            .unknown(
              reference.label, kind: "label", in: "in {\(cell.kind)}", allowed: runnable.map(\.label.value),
              at: reference.location))
        }
      }
      let model = declarations.model(of: cell)?.path.value
      if current.usesModel, let model, let writer = writers[model], writer != cell.label.value {
        graph.add(cell.label.value, needs: writer)
      }
    }
    do {
      cells = try graph.order().compactMap { prepared[$0] }
      dependencies = graph
    } catch {
      cells = []
      dependencies = DependencyGraph()
      let label = error.path.first ?? ""
      problems.append(
        Problem(
          error.path.count == 2 ? "the cell “\(label)” refers to itself" : "cells refer to each other: \(error)",
          at: document[label]?.location ?? SourceLocation(file: file, line: 1, column: 1),
          help: "break the circle"))
    }
    guard problems.isEmpty else { throw Problems(problems) }
  }

  private let dependencies: DependencyGraph
  private let declarations: Declarations

  /// The labels of the cells that a cell needs directly.
  public func needs(of label: String) -> [String] { dependencies.dependencies(of: label) }

  /// The model that a cell works on, if it works on one.
  public func model(of cell: Cell) -> ModelSource? { declarations.model(of: cell) }

  /// The model of the document as a whole, which expressions call `model`.
  public var model: ModelSource? { declarations.model }

  /// The data that a cell works on, if it works on any: a name or path, or a map; see ``DataSource``.
  public func data(of cell: Cell) -> YAMLValue? { declarations.data(of: cell) }
}
