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
}
