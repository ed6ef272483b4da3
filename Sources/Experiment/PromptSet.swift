import Foundation
import Manuscript
import Statistics
import Tensor
import Transformer

/// The rows of a data set as a model reads them: how long its prompts are, one of them token by token with the places
/// that the experiment names, and how far the engine is from float64 on some of them (the *parity certificate*).
public struct PromptSet: Codable, Hashable, Sendable {
  /// The name of the model.
  public var model: String
  /// The name of the data.
  public var data: String
  /// The digest of all that this depends on.
  public var key: Digest
  /// What was found: the tables `tokens` and `parity`, and values of the same names.
  public var results: Results

  /// From its parts.
  public init(model: String, data: String, key: Digest, results: Results) {
    self.model = model
    self.data = data
    self.key = key
    self.results = results
  }

  /// Raised whenever equal inputs may give another set.
  public static let version = 1
  /// The largest difference from float64 that a certificate grants, as a part of the tensor's largest value.
  public static let bound = 1e-4
  /// Prompts that a certificate samples, if its budget allows.
  public static let sample = 4
  /// Multiplications of the float64 reference that a certificate may take: about a minute on two cores.
  ///
  /// A number and not a time, so that the sample is the same on every machine.
  public static let budget = 4e11
}

extension PromptSet {
  /// Finds how a model reads data.
  ///
  /// - Parameters:
  ///   - positions: the places that cells name.
  ///   - showsResponses: whether the responses that the data hold may be shown.
  ///   - stream: what the sample is drawn with.
  ///   - budget: multiplications of the reference that the certificate may take.
  ///   - progress: told how much of the certificate is done, of how much; what it throws stops it.
  /// - Throws: an error of the template, the engine, or the reference.
  public static func reading(
    of data: Dataset, by subject: Subject, positions: [Position], showsResponses: Bool = true,
    stream: RandomStream, budget: Double = budget,
    progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws -> Results {
    let prompts = prompts(of: data, by: subject, positions: positions, showsResponses: showsResponses)
    var results = Results()
    guard let first = prompts.first else { return results }
    let lengths = prompts.map(\.end).sorted()
    results.values["tokens"] = .group([
      "prompts": .integer(prompts.count), "shortest": .integer(lengths[0]),
      "median": .integer(lengths[lengths.count / 2]), "longest": .integer(lengths[lengths.count - 1]),
    ])
    results.tables.append(
      tokenTable(of: first, number: data.numbers[first.row], positions: positions, subject: subject))
    let sample = ParitySample(of: prompts, by: subject.model.configuration, stream: stream, budget: budget)
    try certify(&results, subject, sample, data, progress)
    return results
  }

  /// How much work the certificate is.
  ///
  /// Parameters as of ``reading(of:by:positions:showsResponses:stream:budget:progress:)``.
  public static func work(
    of data: Dataset, by subject: Subject, positions: [Position], showsResponses: Bool = true, stream: RandomStream
  ) -> Work {
    let prompts = prompts(of: data, by: subject, positions: positions, showsResponses: showsResponses)
    let model = subject.model.configuration
    guard !prompts.isEmpty else { return Work() }
    return ParitySample(of: prompts, by: model, stream: stream, budget: budget).work(in: model)
  }

  /// Whether results that were kept are what would be found now. An earlier version made no certificate, or compared
  /// fewer prompts, where the reference would have taken long.
  public static func isWhole(_ results: Results) -> Bool {
    func number(_ path: String...) -> Double? {
      if case .number(let number)? = results[path] { number } else { nil }
    }
    guard let prompts = number("tokens", "prompts") else { return true }
    return number("parity", "tokens") != nil
      || number("parity", "prompts") == min(prompts, Double(sample))
  }

  /// Rows that no cell reads need not be prompts.
  private static func prompts(
    of data: Dataset, by subject: Subject, positions: [Position], showsResponses: Bool
  ) -> [Prompt] {
    let answered = showsResponses && positions.contains { $0.anchor == .response } && data.columns.contains("response")
    return data.rows.indices.compactMap { index in
      try? subject.prompt(for: data.rows[index], at: index, in: data, answered: answered)
    }
  }

  // MARK: Tokens

  private static func tokenTable(of prompt: Prompt, number: Int, positions: [Position], subject: Subject) -> Table {
    var named: [Int: [String]] = [:]
    var seen = Set<Position>()
    for position in positions where seen.insert(position).inserted {
      for single in (try? position.expanded(in: [prompt])) ?? [] {
        guard let index = single.resolve(in: prompt), named[index]?.contains("\(single)") != true else { continue }
        named[index, default: []].append("\(single)")
      }
    }
    return Table(
      name: "tokens", caption: "Row \(number) as the model reads it, with the places that cells name.",
      columns: [
        .init("#", format: "%d"), .init("id", format: "%d"), .init("token", isModelText: true), .init("part"),
        .init("positions"),
      ],
      rows: prompt.tokens.enumerated().map { index, id in
        [
          .integer(index), .integer(id), .text(subject.tokenizer.displayString(id)),
          .text(part(of: index, in: prompt, subject)), .text(named[index]?.joined(separator: ", ") ?? ""),
        ]
      })
  }

  private static func part(of index: Int, in prompt: Prompt, _ subject: Subject) -> String {
    if prompt.response?.contains(index) == true { return "response" }
    if prompt.instruction.contains(index) {
      let spans = prompt.spans.filter { $0.value.contains(index) }.keys.sorted()
      return (["instruction"] + spans).joined(separator: ", ")
    }
    if index == 0, prompt.tokens[0] == subject.tokenizer.bosID { return "begin of text" }
    return index < prompt.instruction.lowerBound ? "template" : "post_instruction"
  }

  // MARK: Parity

  private static func certify(
    _ results: inout Results, _ subject: Subject, _ sample: ParitySample, _ data: Dataset,
    _ progress: (_ done: Int, _ total: Int) throws -> Void
  ) throws {
    let parity = try Parity(
      of: subject.model, on: sample.sequences, against: try ReferenceModel(contentsOf: subject.directory),
      progress: progress)
    let worst = parity.rows.map { $0.difference / max($0.magnitude, .leastNormalMagnitude) }.max() ?? 0
    var values: [String: Value] = [
      "prompts": .integer(sample.rows.count), "relative": .number(worst),
      "logits": .number(parity.rows.last?.difference ?? 0),
    ]
    if sample.isReduced { values["tokens"] = .integer(sample.tokens) }
    results.values["parity"] = .group(values)
    let rows = sample.rows.map { "\(data.numbers[$0])" }.joined(separator: ", ")
    let compared = sample.isCut ? "the first \(sample.tokens) tokens of row \(rows)" : "rows \(rows)"
    results.tables.append(
      Table(
        name: "parity",
        caption: "The engine against the float64 reference on \(compared): the largest difference, where it is "
          + "(prompt, then indices), and the tensor's largest value.",
        columns: [
          .init("tensor"), .init("max |difference|", format: "%.1e"), .init("at"), .init("max |value|", format: "%.3g"),
        ],
        rows: parity.rows.map { row in
          [
            .text(row.tensor), .number(row.difference),
            .text("[\(row.index.map(String.init).joined(separator: ","))]"), .number(row.magnitude),
          ]
        }))
    if worst > bound {
      results.notes.append(
        "Parity is past its bound: the engine differs from float64 by \(String(format: "%.1e", worst)) of a tensor's "
          + "largest value, and \(String(format: "%.0e", bound)) is what float32 should keep. Do not trust this record."
      )
    }
  }
}
