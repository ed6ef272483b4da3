/// Cuts a template into tokens, with the white space control that transformers uses: the newline after a block tag
/// and the blanks before one on its own line do not count (`trim_blocks`, `lstrip_blocks`).
struct Lexer {
  /// A token and its line.
  struct Token {
    let line: Int
    let kind: Kind

    /// The kinds of token.
    enum Kind: Equatable {
      case data(String)
      case blockBegin
      case blockEnd
      case outputBegin
      case outputEnd
      case name(String)
      case string(String)
      case int(Int)
      case double(Double)
      case symbol(String)
    }
  }

  private let source: [Unicode.Scalar]
  private var position = 0
  private var line = 1
  private var tokens: [Token] = []
  /// Whether the data that comes next starts on a line of its own.
  private var startsLine = true

  private init(_ source: [Unicode.Scalar]) { self.source = source }

  /// All tokens of a template.
  /// - Throws: `TemplateError` of kind `syntax`.
  static func tokens(of source: String) throws -> [Token] {
    var scalars: [Unicode.Scalar] = []
    for scalar in source.unicodeScalars {
      if scalar == "\n", scalars.last == "\r" { scalars.removeLast() }
      if let last = scalars.last, last == "\r" { scalars[scalars.count - 1] = "\n" }
      scalars.append(scalar)
    }
    if scalars.last == "\r" { scalars[scalars.count - 1] = "\n" }
    // Jinja drops one newline at the end.
    if scalars.last == "\n" { scalars.removeLast() }
    var lexer = Lexer(scalars)
    try lexer.run()
    return lexer.tokens
  }

  private func error(_ message: String) -> TemplateError { TemplateError(.syntax, message, line: line) }

  private func at(_ text: StaticString, _ place: Int? = nil) -> Bool {
    let place = place ?? position
    let count = text.utf8CodeUnitCount
    guard place + count <= source.count else { return false }
    return (0..<count).allSatisfy { source[place + $0].value == UInt32(text.utf8Start[$0]) }
  }

  private func scalar(_ place: Int) -> Unicode.Scalar? { place < source.count ? source[place] : nil }

  private mutating func advance(to end: Int) {
    while position < end {
      if source[position] == "\n" { line += 1 }
      position += 1
    }
  }

  private mutating func emit(_ kind: Token.Kind) { tokens.append(Token(line: line, kind: kind)) }

  private mutating func run() throws {
    while position < source.count {
      var end = position
      while end < source.count, !(at("{{", end) || at("{%", end) || at("{#", end)) { end += 1 }
      var data = source[position..<end]
      let sign = scalar(end + 2)
      if end < source.count {
        if sign == "-" {
          while let last = data.last, Text.Glyph(last).isWhitespace { data.removeLast() }
        } else if sign != "+", !at("{{", end) {
          stripBlanks(&data)
        }
      }
      if !data.isEmpty { emit(.data(text(data))) }
      advance(to: end)
      guard position < source.count else { return }
      let isSigned = sign == "-" || sign == "+"
      if at("{#") {
        try comment()
      } else if at("{{") {
        emit(.outputBegin)
        advance(to: position + (isSigned ? 3 : 2))
        try inside(isBlock: false)
      } else {
        advance(to: position + (isSigned ? 3 : 2))
        if let end = rawTagEnd("raw") {
          advance(to: end)
          try raw()
        } else {
          emit(.blockBegin)
          try inside(isBlock: true)
        }
      }
      startsLine = position > 0 && source[position - 1] == "\n"
    }
  }

  private func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  /// Drops the blanks between the start of the line and a block tag.
  private func stripBlanks(_ data: inout ArraySlice<Unicode.Scalar>) {
    let lineStart = data.lastIndex(of: "\n").map { $0 + 1 } ?? data.startIndex
    guard lineStart > data.startIndex || startsLine else { return }
    if data[lineStart...].allSatisfy({ Text.Glyph($0).isWhitespace }) { data = data[..<lineStart] }
  }

  private mutating func comment() throws {
    var end = position + 2
    while end < source.count, !at("#}", end) { end += 1 }
    guard end < source.count else { throw error("a comment “{#” without its “#}”") }
    let sign = end > position + 2 ? source[end - 1] : " "
    advance(to: end + 2)
    closeBlock(sign: sign)
  }

  /// White space after a block tag or comment.
  private mutating func closeBlock(sign: Unicode.Scalar) {
    if sign == "-" {
      skipSpace()
    } else if sign != "+", scalar(position) == "\n" {
      advance(to: position + 1)
    }
  }

  private mutating func skipSpace() {
    while let next = scalar(position), Text.Glyph(next).isWhitespace { advance(to: position + 1) }
  }

  /// The end of a tag `raw %}` or `endraw %}` at this place, without its white space control.
  private func rawTagEnd(_ word: String, from start: Int? = nil) -> Int? {
    var place = start ?? position
    while let next = scalar(place), Text.Glyph(next).isWhitespace { place += 1 }
    for letter in word.unicodeScalars {
      guard scalar(place) == letter else { return nil }
      place += 1
    }
    while let next = scalar(place), Text.Glyph(next).isWhitespace { place += 1 }
    if let sign = scalar(place), sign == "-" || sign == "+" { place += 1 }
    return at("%}", place) ? place + 2 : nil
  }

  private mutating func raw() throws {
    if source[position - 3] == "-" { skipSpace() }
    var end = position
    while end < source.count {
      if at("{%", end) {
        let signed = scalar(end + 2) == "-" || scalar(end + 2) == "+"
        if let tagEnd = rawTagEnd("endraw", from: end + (signed ? 3 : 2)) {
          var data = source[position..<end]
          if scalar(end + 2) == "-" {
            while let last = data.last, Text.Glyph(last).isWhitespace { data.removeLast() }
          } else if scalar(end + 2) != "+" {
            startsLine = position > 0 && source[position - 1] == "\n"
            stripBlanks(&data)
          }
          if !data.isEmpty { emit(.data(text(data))) }
          advance(to: tagEnd)
          closeBlock(sign: source[tagEnd - 3])
          return
        }
      }
      end += 1
    }
    throw error("“{% raw %}” without its “{% endraw %}”")
  }

  /// The tokens inside a tag, to its end.
  private mutating func inside(isBlock: Bool) throws {
    var open: [String] = []
    while true {
      skipSpace()
      guard let next = scalar(position) else { throw error("the template ends inside a tag") }
      if open.isEmpty {
        let signed = (next == "-" || next == "+") && isBlock || next == "-"
        let end = position + (signed ? 1 : 0)
        if isBlock ? at("%}", end) : at("}}", end) {
          emit(isBlock ? .blockEnd : .outputEnd)
          advance(to: end + 2)
          if isBlock {
            closeBlock(sign: next)
          } else if next == "-" {
            skipSpace()
          }
          return
        }
      }
      if next.properties.isXIDStart || next == "_" {
        var end = position + 1
        while let more = scalar(end), more.properties.isXIDContinue { end += 1 }
        emit(.name(text(source[position..<end])))
        advance(to: end)
      } else if ("0"..."9").contains(next) {
        try number()
      } else if next == "'" || next == "\"" {
        try string(quote: next)
      } else {
        try symbol(&open)
      }
    }
  }

  private mutating func symbol(_ open: inout [String]) throws {
    let two = position + 1 < source.count ? text(source[position...position + 1]) : ""
    if ["//", "**", "==", "!=", ">=", "<="].contains(two) {
      emit(.symbol(two))
      advance(to: position + 2)
      return
    }
    let one = String(source[position])
    switch one {
    case "(", "[", "{": open.append(one)
    case ")", "]", "}":
      guard let opening = open.popLast() else { throw error("unexpected “\(one)”") }
      guard ["(": ")", "[": "]", "{": "}"][opening] == one else { throw error("“\(opening)” closed by “\(one)”") }
    case "+", "-", "*", "/", "%", "~", ">", "<", "=", ".", ":", "|", ",", ";": break
    default: throw error("unexpected character “\(one)”")
    }
    emit(.symbol(one))
    advance(to: position + 1)
  }

  private mutating func number() throws {
    func isDigit(_ place: Int, base: Int = 10) -> Bool {
      scalar(place).flatMap { $0.isASCII ? Character($0).hexDigitValue : nil }.map { $0 < base } ?? false
    }
    /// Digits with single underscores between them.
    func digits(_ start: Int, base: Int = 10) -> Int {
      var end = start
      while isDigit(end, base: base) || end > start && scalar(end) == "_" && isDigit(end + 1, base: base) { end += 1 }
      return end
    }
    if scalar(position) == "0", let letter = scalar(position + 1),
      let base = ["b": 2, "B": 2, "o": 8, "O": 8, "x": 16, "X": 16][String(letter)]
    {
      let start = position + (scalar(position + 2) == "_" ? 3 : 2)
      let end = digits(start, base: base)
      if end > start {
        let written = text(source[start..<end].filter { $0 != "_" })
        guard let value = Int(written, radix: base) else { throw error("the number \(written) is too large") }
        emit(.int(value))
        advance(to: end)
        return
      }
    }
    var end = digits(position)
    var isInteger = true
    if scalar(end) == ".", let next = scalar(end + 1), ("0"..."9").contains(next) {
      end = digits(end + 1)
      isInteger = false
    }
    if let exponent = scalar(end), exponent == "e" || exponent == "E" {
      let start = end + (scalar(end + 1) == "+" || scalar(end + 1) == "-" ? 2 : 1)
      if digits(start) > start {
        end = digits(start)
        isInteger = false
      }
    }
    let written = text(source[position..<end].filter { $0 != "_" })
    if isInteger {
      guard !written.hasPrefix("0") || written.allSatisfy({ $0 == "0" }) else {
        throw error("the number \(written) begins with 0")
      }
      guard let value = Int(written) else { throw error("the number \(written) is too large") }
      emit(.int(value))
    } else {
      emit(.double(Double(written) ?? .nan))
    }
    advance(to: end)
  }

  private mutating func string(quote: Unicode.Scalar) throws {
    var content: [Unicode.Scalar] = []
    var place = position + 1
    while let next = scalar(place), next != quote {
      guard next == "\\" else {
        content.append(next)
        place += 1
        continue
      }
      place += 1
      guard let escaped = scalar(place) else { break }
      place += 1
      func hexadecimal(_ digits: Int) throws {
        let end = min(place + digits, source.count)
        guard let value = UInt32(text(source[place..<end]), radix: 16), end == place + digits else {
          throw error("a malformed escape in a text")
        }
        content.append(Unicode.Scalar(value) ?? "\u{FFFD}")
        place = end
      }
      switch escaped {
      case "n": content.append("\n")
      case "t": content.append("\t")
      case "r": content.append("\r")
      case "a": content.append("\u{07}")
      case "b": content.append("\u{08}")
      case "f": content.append("\u{0C}")
      case "v": content.append("\u{0B}")
      case "\\", "'", "\"": content.append(escaped)
      case "\n": break
      case "x": try hexadecimal(2)
      case "u": try hexadecimal(4)
      case "U": try hexadecimal(8)
      case "N": throw TemplateError(.unsupported, "a character by its name", line: line)
      case "0"..."7":
        var value = escaped.value - 0x30
        while value < 64, let digit = scalar(place), ("0"..."7").contains(digit) {
          value = value * 8 + digit.value - 0x30
          place += 1
        }
        content.append(Unicode.Scalar(value) ?? "\u{FFFD}")
      default: content += ["\\", escaped]
      }
    }
    guard place < source.count else { throw error("a text without its closing \(quote)") }
    emit(.string(text(content)))
    advance(to: place + 1)
  }
}
