/// Sets what a model said: escaped, with special tokens as chips and invisible characters spelled out.
enum ModelText {
  /// The HTML of some model output.
  static func html(_ text: String) -> String {
    let scalars = Array(text.unicodeScalars)
    var result = ""
    var index = 0
    while index < scalars.count {
      if let end = endOfToken(in: scalars, from: index) {
        let token = scalars[index..<end].map { Markup.escaped($0) }.joined()
        result += "<span class=\"token\">\(token)</span>"
        index = end
        continue
      }
      if let shown = Markup.visible(scalars[index]) {
        result += "<span class=\"control\">\(Markup.escaped(shown))</span>"
      } else {
        result += Markup.escaped(scalars[index])
      }
      index += 1
    }
    return result
  }

  /// The longest special token that is shown as one, in scalars.
  private static let longestToken = 48

  /// Where a special token such as `<|end|>`, `<eot>` or `</think>` ends that begins at `start`.
  private static func endOfToken(in scalars: [Unicode.Scalar], from start: Int) -> Int? {
    guard scalars[start] == "<" else { return nil }
    var index = start + 1
    while index < scalars.count, index - start < longestToken {
      if scalars[index] == ">" { return index > start + 1 ? index + 1 : nil }
      guard isTokenCharacter(scalars[index]) else { return nil }
      index += 1
    }
    return nil
  }

  private static func isTokenCharacter(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII
      && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "|/_-".unicodeScalars.contains(scalar))
  }
}
