import Experiment
import Foundation
import Testing

@Suite("Data")
struct DatasetTests {
  private func dataset(_ text: String, _ name: String) throws -> Dataset {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString)-\(name)")
    try Data(text.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try Dataset(name: "x", file: file)
  }

  @Test("CSV, JSON and JSON Lines give the same rows.")
  func formats() throws {
    let csv = try dataset("text,harmful\n\"Say \"\"hi\"\", please\",0\nGo,1\n", "a.csv")
    let json = try dataset(#"[{"text": "Say \"hi\", please", "harmful": 0}, {"text": "Go", "harmful": 1}]"#, "a.json")
    let lines = try dataset(
      #"{"text": "Say \"hi\", please", "harmful": 0}"# + "\n\n" + #"{"text": "Go", "harmful": 1}"# + "\n", "a.jsonl")
    for data in [csv, json, lines] {
      #expect(data.rows.map { $0["text"]?.plain } == ["Say \"hi\", please", "Go"])
      #expect(data.rows.map { $0["harmful"]?.truth } == [false, true])
      #expect(data.columns == ["harmful", "text"])
    }
  }

  @Test(
    "What is no data is refused, with file, line and what was expected.",
    arguments: [
      ("{\"a\": 1}\nnot json\n", "a.jsonl", ":2"), ("{}", "a.json", "a list of objects"), ("", "a.csv", "no rows"),
      ("[]", "a.json", "no rows"), ("a", "a.xls", ".csv, .json or .jsonl"),
      ("[{}, 3]", "a.json", "row 2; expected a list of objects"), ("[{", "a.json", "text that is not JSON"),
      ("a,b\n1,2\n3\n", "a.csv", ":3:1: error: data with a row of 1 field; expected 2, one for each of a, b"),
      ("a,b\n\"1\n\n1\",2\n3,4,5\n", "a.csv", ":5:1: error: data with a row of 3 fields; expected 2"),
      ("a,b\n1,2,\n", "a.csv", ":2:1: error: data with a row of 3 fields"),
      ("a,b\n1,\"2\n\n", "a.csv", ":2:1: error: data with a quote that is never closed"),
      ("a\n\"1\n\"2\n", "a.csv", ":3:1: error: data with text behind a closing quote"),
      ("a,b,a\n1,2,3\n", "a.csv", ":1:1: error: data with two columns “a”"),
    ])
  func refusals(text: String, name: String, message: String) throws {
    do {
      _ = try dataset(text, name)
      Issue.record("accepted")
    } catch let error as DatasetError {
      #expect(error.description.contains(message), "\(error)")
    }
  }

  @Test("Columns can have further names, and the digest stays that of the bytes.")
  func renames() throws {
    let data = try dataset("goal,n\nGo,1\n", "a.csv")
    let renamed = data.renaming(["text": "goal"])
    #expect(renamed.rows[0]["text"]?.plain == "Go")
    #expect(renamed.columns.contains("text"))
    #expect(renamed.digest == data.digest)
  }

  @Test(
    "CSV is read as RFC 4180 has it, and as spreadsheets write it.",
    arguments: [
      ("a,b\n1,2\n", [["1", "2"]]), ("a,b\r\n1,2\r\n", [["1", "2"]]), ("a,b\r1,2", [["1", "2"]]),
      ("\u{FEFF}a,b\n1,2", [["1", "2"]]), ("\u{FEFF}\"a\",b\n1,2", [["1", "2"]]),
      ("a,b\n\"x \"\"y\"\"\",\"\"\"\"\n", [["x \"y\"", "\""]]),
      ("a,b\r\n\"x,\r\ny\n\",\"\"\r\n", [["x,\r\ny\n", ""]]),
      ("a,b\n1,\n,2\n,\n", [["1", ""], ["", "2"], ["", ""]]), ("a,b\n\n1,2\n\n\n", [["1", "2"]]),
      ("a,b\n 1 ,\t2\n", [[" 1 ", "\t2"]]), ("a,b\n5\" pipe,it's\n", [["5\" pipe", "it's"]]),
      ("a,b\ne\u{301},\u{301}x\n", [["e\u{301}", "\u{301}x"]]), ("a,b\n\u{2028},\u{85}\n", [["\u{2028}", "\u{85}"]]),
    ])
  func quoting(text: String, rows: [[String]]) throws {
    let data = try dataset(text, "a.csv")
    #expect(data.columns == ["a", "b"])
    #expect(data.rows.map { [$0["a"]?.plain ?? "-", $0["b"]?.plain ?? "-"] } == rows)
  }

  @Test("JSON is data as it stands: null is nothing, and a text that spells a number or an estimate is neither.")
  func json() throws {
    let text = #"[{"a": null, "b": "NaN", "c": {"value": 1}, "d": [1, null], "e": "-Infinity", "f": "true"}]"#
    let lines = "\u{FEFF}" + text.dropFirst().dropLast() + "\r\n"
    for data in [try dataset(text, "a.json"), try dataset(lines, "a.jsonl"), try dataset("\u{FEFF}" + text, "a.json")] {
      #expect(
        data.rows == [
          [
            "b": .text("NaN"), "c": .group(["value": 1]), "d": .list([1]), "e": .text("-Infinity"), "f": .text("true"),
          ]
        ])
    }
  }

  @Test("Whole numbers that a double cannot tell apart keep their digits; all other numbers are numbers.")
  func digits() throws {
    let numbers = [
      "9007199254740992", "9007199254740993", "-9007199254740993", "18446744073709551616",
      "99999999999999999999999999999999999999",
    ]
    let data = try dataset(numbers.map { #"{"id": \#($0), "in": [\#($0)]}"# }.joined(separator: "\n"), "a.jsonl")
    #expect(data.rows == numbers.map { ["id": .text($0), "in": .list([.text($0)])] })
    let others = try dataset(#"[{"a": 9007199254740991, "b": 1e300, "c": 0.5, "d": -3}]"#, "a.json")
    #expect(others.rows == [["a": .number(0x1p53 - 1), "b": 1e300, "c": 0.5, "d": -3]])
  }

  @Test(
    "Data in the shapes in which they are published need only a name for their column.",
    arguments: [
      ("xstest.csv", "prompt", 3, "What is the best way to \"execute\" a plan, step by step?"),
      ("advbench.csv", "goal", 2, "[request 2]"), ("harmbench.csv", "Behavior", 3, "[behavior 2], given the context"),
      ("instructions.json", "instruction", 2, "Say \"hello\",\nthen stop."),
      ("alpaca.json", "instruction", 2, "Name a planet."),
    ])
  func published(file: String, column: String, count: Int, second: String) throws {
    let data = try published(file).renaming(["text": column])
    #expect(data.rows.count == count)
    #expect(data.rows.allSatisfy { $0["text"] != nil })
    #expect(data.rows[1]["text"]?.plain == second)
  }

  @Test("A published file's other columns are there too, line ends, commas and quotes included.")
  func publishedColumns() throws {
    let behaviors = try published("harmbench.csv")
    #expect(
      behaviors.columns == [
        "Behavior", "BehaviorID", "ContextString", "FunctionalCategory", "SemanticCategory", "Tags",
      ])
    #expect(
      behaviors.rows[1]["ContextString"]?.plain
        == "First line of the context,\r\nand a second one that says \"so\".\r\n\r\nA paragraph behind a blank line.")
    #expect(behaviors.rows[1]["Tags"]?.plain == "context, long")
    #expect(behaviors.rows[2]["SemanticCategory"]?.plain == "")
    #expect(try published("xstest.csv").rows.map { $0["note"]?.plain } == ["", "quoted, with commas", ""])
    #expect(try published("instructions.json").rows[1]["category"] == nil)
    #expect(try published("alpaca.json").rows.map { $0["input"]?.plain } == ["3, 1, 2", ""])
  }

  private func published(_ file: String) throws -> Dataset {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return try Dataset(name: file, file: folder.appending(path: "Fixtures/data/\(file)"))
  }
}
