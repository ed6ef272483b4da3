import ArgumentParser
import Foundation
import Project
import Transformer

extension ModelCommand {
  /// `palimpsest model parity`
  struct ParityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "parity", abstract: "Hold a checkpoint against another implementation's run, tensor by tensor.",
      discussion: """
        The golden file is safetensors: input_ids [sequences, tokens] (or input_ids.{i}), and any of logits,
        resid_pre.{l}, resid_mid.{l}, resid_post.{l}, attn_out.{l}, mlp_out.{l}, pattern.{l}, final_norm, or full names
        of hooks. The floor is the golden's own distance from a float64 run of the same model. Status 3 past the bound.

        EXAMPLES
          palimpsest model parity DIR --golden golden.safetensors
          palimpsest model parity DIR --golden golden.safetensors --bound 1e-4 --no-floor
        """)

    @Argument(help: ModelCommand.modelHelp, completion: .directory)
    var model: String
    @Option(help: "The other run's tensors.", completion: .file(extensions: ["safetensors"]))
    var golden: String
    @Option(help: "The largest difference that passes.")
    var bound = 3e-5
    @Flag(help: "Leave the float64 run out, which is slow for large models.")
    var noFloor = false
    @OptionGroup var engine: EngineOptions

    func validate() throws {
      guard bound > 0, bound.isFinite else { throw ValidationError("“--bound \(bound)”: expected a number above 0") }
    }

    func run() throws {
      try engine.apply()
      let parity = try ModelTools.parity(
        of: ModelPlace.of(model), golden: URL(filePath: golden), withFloor: !noFloor)
      let width = max(6, parity.rows.map(\.tensor.count).max() ?? 0)
      func line(_ name: String, _ cells: [String]) {
        let first = name.padding(toLength: width, withPad: " ", startingAt: 0)
        Terminal.print(
          ([first] + cells.map { String(repeating: " ", count: max(0, 10 - $0.count)) + $0 }).joined(separator: "  "))
      }
      line("tensor", ["largest", "floor", "at"])
      for row in parity.rows {
        let index = "[" + row.index.map(String.init).joined(separator: ", ") + "]"
        line(
          row.tensor,
          [short(row.difference), row.floor.map(short) ?? "-", index] + (row.difference > bound ? ["past"] : []))
      }
      if !parity.skipped.isEmpty { Terminal.note("not compared: \(parity.skipped.joined(separator: ", "))") }
      let past = parity.rows.filter { !($0.difference <= bound) }
      guard past.isEmpty else {
        Terminal.error("\(past.count) of \(parity.rows.count) tensors are past the bound of \(short(bound))")
        throw Status.failed
      }
      Terminal.print("\(parity.rows.count) tensors within \(short(bound))")
    }

    private func short(_ number: Double) -> String { String(format: "%.2e", number) }
  }
}
