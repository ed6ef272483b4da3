import Tokenizer

extension FuzzTarget {
  /// A template renders, within its limits, or throws a `TemplateError`; what it says of where the message's content
  /// stands in the prompt lies inside of both.
  static func checkTemplate(_ bytes: UnsafeRawBufferPointer) throws {
    let parts = Array(bytes).split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    let content = parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : "How do I open a jar?"
    do {
      let template = try ChatTemplate(
        source: String(decoding: parts[0], as: UTF8.self),
        variables: ["bos_token": .string("<s>"), "eos_token": .string("</s>")])
      let chat = try template.renderWithOffsets(
        [.system("Be brief."), .user(content), .assistant("Hi.")], addGenerationPrompt: true)
      let length = chat.text.utf8.count
      try Violation.unless(length <= 40_000_000, "a prompt of \(length) bytes")
      for piece in chat.pieces {
        try Violation.unless(
          piece.place.lowerBound >= 0 && piece.place.upperBound <= length,
          "a piece at \(piece.place) of a prompt of \(length) bytes")
        let source = piece.message == 0 ? 9 : piece.message == 1 ? content.utf8.count : 3
        try Violation.unless(
          (0..<3).contains(piece.message) && piece.source.lowerBound >= 0 && piece.source.upperBound <= source,
          "a piece of \(piece.source) of message \(piece.message), which has \(source) bytes")
      }
    } catch let error as TemplateError {
      try Violation.unless(error.line >= 1 && !error.message.isEmpty, "an error without a place: \(error)")
    }
  }
}
