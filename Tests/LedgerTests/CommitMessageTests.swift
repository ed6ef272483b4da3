import Ledger
import Testing

@Suite struct CommitMessageTests {
  @Test("A message reads back as it was written.")
  func roundTrip() {
    let messages = [
      CommitMessage(subject: "one"),
      CommitMessage(subject: "one", body: ["two", "", "three"]),
      CommitMessage(subject: "one", trailers: [.init("Host", "here")]),
      CommitMessage(subject: "one: two", body: ["a b: c", "x"], trailers: [.init("A-1", "b: c"), .init("A-1", "")]),
    ]
    for message in messages { #expect(CommitMessage(parsing: message.text) == message) }
  }

  @Test("Nothing that is put into a subject or trailer can start a line, or end the message.")
  func hostileText() {
    let message = CommitMessage(
      subject: "one\nForged: yes\r\n\r\nmore\0", trailers: [.init("Ho st", "a\nForged: yes"), .init("é", "x")])
    #expect(message.text == "one Forged: yes more\n\nHo-st: a Forged: yes\n-: x\n")
    #expect(CommitMessage(parsing: message.text)["Forged"] == nil)
  }

  @Test("A last paragraph of prose is body, and an empty message is empty.")
  func prose() {
    let message = CommitMessage(parsing: "subject\r\n\r\nKey: value\r\nand prose\r\n")
    #expect(message.trailers == [])
    #expect(message.body == ["Key: value", "and prose"])
    #expect(CommitMessage(parsing: "") == CommitMessage(subject: ""))
    #expect(CommitMessage(parsing: "Only: subject\n") == CommitMessage(subject: "Only: subject"))
  }
}
