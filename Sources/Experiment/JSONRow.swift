/// A row of a JSON data file.
///
/// Data are read as they stand: a text is a text even if it spells a number that JSON lacks, an object is a group even if
/// it looks like an estimate, and a member that is `null` is not there. A whole number that a double cannot tell from the
/// next is the text of its digits, up to 38 of them.
struct JSONRow: Decodable {
  let values: Dataset.Row

  init(from decoder: any Decoder) throws {
    values = try decoder.singleValueContainer().decode([String: Item].self).compactMapValues(\.value)
  }

  private struct Item: Decodable {
    let value: Value?

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        value = nil
      } else if let flag = try? container.decode(Bool.self) {
        value = .flag(flag)
      } else if let text = try? container.decode(String.self) {
        value = .text(text)
      } else if let number = try? container.decode(Double.self) {
        // Beyond 2^53 neighbouring whole numbers, such as those that name rows, are one double.
        let digits = abs(number) < 0x1p53 ? nil : try? container.decode(Int128.self)
        value = digits.map { .text("\($0)") } ?? .number(number)
      } else if let items = try? container.decode([Item].self) {
        value = .list(items.compactMap(\.value))
      } else {
        value = .group(try container.decode([String: Item].self).compactMapValues(\.value))
      }
    }
  }
}
