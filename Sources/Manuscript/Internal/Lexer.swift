/// Splits an expression into tokens; offsets count Unicode scalars.
struct Lexer {
  /// A token and the scalars it covers.
  struct Token: Equatable {
    let kind: TokenKind
    let range: Range<Int>
  }

  /// What a token is.
  enum TokenKind: Equatable {
    case number(Double)
    case name(String)
    case text(String)
    case symbol(String)
    case unterminatedText
    case unknown(Unicode.Scalar)
  }

  private let scalars: [Unicode.Scalar]
  private var position = 0

  init(_ text: String) { scalars = Array(text.unicodeScalars) }

  /// The number of scalars in all.
  var count: Int { scalars.count }

  /// The next token, or `nil` at the end.
  mutating func next() -> Token? {
    while let scalar = peek(), scalar.properties.isWhitespace { position += 1 }
    guard let scalar = peek() else { return nil }
    let start = position
    let kind: TokenKind
    if scalar.isDigit {
      kind = number()
    } else if scalar.isLetter {
      kind = name()
    } else if scalar == "\"" || scalar == "'" {
      kind = text(closedBy: scalar)
    } else {
      kind = symbol(scalar)
    }
    return Token(kind: kind, range: start..<position)
  }

  private func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
    scalars.indices.contains(position + ahead) ? scalars[position + ahead] : nil
  }

  private func taken(from start: Int) -> String { String(String.UnicodeScalarView(scalars[start..<position])) }

  private mutating func skipDigits() {
    while peek()?.isDigit == true { position += 1 }
  }

  /// Digits, perhaps a fraction, perhaps an exponent.
  private mutating func number() -> TokenKind {
    let start = position
    skipDigits()
    if peek() == ".", peek(1)?.isDigit == true {
      position += 1
      skipDigits()
    }
    if peek() == "e" || peek() == "E" {
      let signed = peek(1) == "+" || peek(1) == "-"
      if peek(signed ? 2 : 1)?.isDigit == true {
        position += signed ? 2 : 1
        skipDigits()
      }
    }
    return .number(Double(taken(from: start)) ?? .nan)
  }

  /// Letters, digits and underscores, and hyphens with one of these on either side.
  private mutating func name() -> TokenKind {
    let start = position
    while let scalar = peek() {
      guard scalar.isWord || (scalar == "-" && peek(1)?.isWord == true) else { break }
      position += 1
    }
    return .name(taken(from: start))
  }

  private mutating func text(closedBy quote: Unicode.Scalar) -> TokenKind {
    position += 1
    let start = position
    while let scalar = peek(), scalar != quote { position += 1 }
    guard peek() == quote else { return .unterminatedText }
    let content = taken(from: start)
    position += 1
    return .text(content)
  }

  private mutating func symbol(_ scalar: Unicode.Scalar) -> TokenKind {
    position += 1
    if peek() == "=", "<>=!".unicodeScalars.contains(scalar) {
      position += 1
      return .symbol("\(scalar)=")
    }
    return "+-*/()[].,<>=".unicodeScalars.contains(scalar) ? .symbol("\(scalar)") : .unknown(scalar)
  }
}

extension Unicode.Scalar {
  /// `0` to `9`.
  var isDigit: Bool { ("0"..."9").contains(self) }
  /// An ASCII letter or an underscore.
  var isLetter: Bool { ("a"..."z").contains(self) || ("A"..."Z").contains(self) || self == "_" }
  /// A letter, a digit or an underscore.
  var isWord: Bool { isLetter || isDigit }
}
