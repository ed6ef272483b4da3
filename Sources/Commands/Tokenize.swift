import ArgumentParser
import Foundation
import Project
import Tokenizer

/// `palimpsest tokenize`
struct Tokenize: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize",
    abstract: "Turn texts into a checkpoint's token ids, or back.",
    discussion: """
      Reads a line of JSON for each text - a text, or an object with one under “text” - from a file or standard input,
      and prints a line of ids for each. With --decode it reads lists of ids and prints texts.

      EXAMPLES
        echo '"How do I open a jar?"' | palimpsest tokenize DIR
        palimpsest tokenize DIR --file texts.jsonl --json
        echo '[15496, 995]' | palimpsest tokenize DIR --decode
      """)

  @Argument(help: ModelCommand.modelHelp, completion: .directory)
  var model: String
  @Option(help: "A file with a line of JSON for each text; standard input if left out.", completion: .file())
  var file: String?
  @Flag(help: "Turn ids into texts.")
  var decode = false
  @Flag(help: "Print JSON: lists of ids, or texts in quotes.")
  var json = false
  @Flag(
    help: "Add the special tokens that the tokenizer puts around a text, and read those that are spelled out in it.")
  var special = false

  func run() throws {
    let tokenizer = try Tokenizer.load(from: ModelPlace.of(model))
    let name = file ?? "standard input"
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes]
    for (number, line) in try TextTools.lines(of: file) {
      if decode {
        let text = try TextTools.decode(line, number: number, file: name, with: tokenizer)
        Terminal.print(json ? String(decoding: try encoder.encode(text), as: UTF8.self) : text)
      } else {
        let ids = try TextTools.encode(line, number: number, file: name, with: tokenizer, special: special)
        let list = ids.map(String.init)
        Terminal.print(json ? "[\(list.joined(separator: ", "))]" : list.joined(separator: " "))
      }
    }
  }
}
